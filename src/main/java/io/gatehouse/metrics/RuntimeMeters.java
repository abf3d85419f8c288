package io.gatehouse.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.jvm.convention.otel.OpenTelemetryJvmClassLoadingMeterConventions;
import io.micrometer.core.instrument.binder.jvm.convention.otel.OpenTelemetryJvmCpuMeterConventions;
import io.micrometer.core.instrument.binder.jvm.convention.otel.OpenTelemetryJvmMemoryMeterConventions;
import io.micrometer.core.instrument.binder.jvm.convention.otel.OpenTelemetryJvmThreadMeterConventions;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;

/** What the JVM and the system tell of this process; OpenTelemetry's names where Micrometer has them. */
public final class RuntimeMeters implements AutoCloseable {

    private final JvmGcMetrics collections = new JvmGcMetrics();

    public RuntimeMeters(MeterRegistry meters) {
        Tags none = Tags.empty();
        new JvmMemoryMetrics(none, new OpenTelemetryJvmMemoryMeterConventions(none)).bindTo(meters);
        new JvmThreadMetrics(none, new OpenTelemetryJvmThreadMeterConventions(none)).bindTo(meters);
        new ClassLoaderMetrics(new OpenTelemetryJvmClassLoadingMeterConventions()).bindTo(meters);
        new ProcessorMetrics(none, new OpenTelemetryJvmCpuMeterConventions(none)).bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        collections.bindTo(meters);
    }

    /** Listens to collections of garbage no more. */
    @Override
    public void close() {
        collections.close();
    }
}

package io.gatehouse.outgoing;

import io.gatehouse.config.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The service's clients of other servers, by name. What they share is threads for names and for deadlines; breakers,
 * budgets and connections are each client's own. Thread-safe; close it last.
 */
public final class Outgoing implements AutoCloseable {

    private static final Duration REST = Duration.ofSeconds(5);

    private final Lookups lookups;
    private final Watch watch = new Watch();
    private final Map<String, OutgoingClient> clients = new HashMap<>();

    Outgoing(
            Map<String, Settings.Outgoing> settings,
            Resolver resolver,
            SSLContext tls,
            Duration rest,
            Retries retries,
            Supplier<Map<String, String>> passedOn,
            MeterRegistry registry) {
        this.lookups = new Lookups(resolver);
        Exchange exchange = new Exchange(watch);
        settings.forEach((name, its) -> {
            ClientMeters meters = new ClientMeters(registry, name);
            AddressPolicy policy = new AddressPolicy(its.allowedHosts(), its.allowedAddresses());
            clients.put(
                    name,
                    new OutgoingClient(
                            its,
                            policy,
                            new Connector(lookups, policy, tls, watch),
                            new IdleConnections(its.connections(), watch),
                            exchange,
                            new Breakers(name, rest, meters),
                            retries,
                            meters,
                            passedOn));
        });
    }

    /**
     * Makes the clients; connects to nothing yet.
     *
     * @param settings by the client's name
     * @param passedOn headers that tell a target whose work this is, read on the calling thread for each attempt
     */
    public static Outgoing open(
            Map<String, Settings.Outgoing> settings,
            Clock clock,
            Supplier<Map<String, String>> passedOn,
            MeterRegistry meters) {
        try {
            Retries retries = new Retries(new SecureRandom(), clock);
            return new Outgoing(settings, Resolver.system(), SSLContext.getDefault(), REST, retries, passedOn, meters);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has TLS", e);
        }
    }

    /** Why an URL can never be called, whatever the settings; empty when it can. */
    public static Optional<String> refusal(String url) {
        try {
            Target _ = Target.parse(url);
            return Optional.empty();
        } catch (OutgoingException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    /**
     * The client of that name.
     *
     * @throws IllegalArgumentException when the settings know none
     */
    public OutgoingClient client(String name) {
        OutgoingClient client = clients.get(name);
        if (client == null) {
            throw new IllegalArgumentException("No outgoing client is named " + name);
        }
        return client;
    }

    @Override
    public void close() {
        clients.values().forEach(OutgoingClient::close);
        watch.close();
        lookups.close();
    }
}

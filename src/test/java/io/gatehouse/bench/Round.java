package io.gatehouse.bench;

/**
 * One server under load for a while.
 *
 * @param serverCpu seconds of the server's process
 * @param loadCpu seconds of the load generator
 * @param resident of the server at the end, MB
 */
record Round(String server, Sample sample, double serverCpu, double loadCpu, double resident) {

    double perSecond() {
        return sample.perSecond();
    }

    /** Of the server, microseconds. */
    double cpuPerRequest() {
        return serverCpu / sample.requests() * 1e6;
    }

    /** How much of one core the load generator took, 0 to 1: at 1 it would be the bottleneck. */
    double loadBusy() {
        return loadCpu / sample.seconds();
    }
}

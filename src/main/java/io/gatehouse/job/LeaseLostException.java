package io.gatehouse.job;

/** Another replica has taken the job over; nothing more may be written for this run, and nothing was. */
public final class LeaseLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LeaseLostException(Lease lease) {
        super("%s was taken over: lease %d is over".formatted(lease.job(), lease.fence()));
    }
}

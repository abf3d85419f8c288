package io.gatehouse.job;

/** Which replicas run a job. */
public enum Lock {

    /** One at a time, under a lease in PostgreSQL: each tick is completed once over all of them. */
    ONE_REPLICA,

    /** Every one for itself. */
    EVERY_REPLICA
}

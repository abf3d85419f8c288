package io.gatehouse.job;

import io.gatehouse.db.Transactions;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** What one run of a job works with. Belongs to the thread of the run. */
public final class JobRun implements Transactions {

    private final Transactions transactions;
    private final @Nullable Lease lease;
    private final Consumer<String> progress;

    JobRun(Transactions transactions, @Nullable Lease lease, Consumer<String> progress) {
        this.transactions = transactions;
        this.lease = lease;
        this.progress = progress;
    }

    /**
     * A transaction that is committed only while the lease is this run's: a runner that was stopped and taken over
     * writes nothing.
     *
     * @throws LeaseLostException when another replica has the job
     */
    @Override
    public <T> T tx(Function<DSLContext, T> work) {
        Lease held = lease;
        return transactions.tx(sql -> {
            if (held != null && !new JobStore(sql).holds(held)) {
                throw new LeaseLostException(held);
            }
            return work.apply(sql);
        });
    }

    /** Says how far it is, to whoever asked for the run. */
    public void tell(String line) {
        progress.accept(line);
    }
}

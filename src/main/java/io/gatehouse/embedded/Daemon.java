package io.gatehouse.embedded;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that runs, whoever started it.
 *
 * @param name for messages
 * @param process tells it from other processes
 * @param question how to ask it
 * @param signals how to stop it, the gentle first
 */
record Daemon(String name, StoreProcess process, Question question, List<String> signals, Limits limits) {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** Asks once; must return within seconds. */
    @FunctionalInterface
    interface Question {
        Answer ask() throws IOException;
    }

    /**
     * Waits for the process to serve.
     *
     * @param alone nobody else uses the store, so it may be stopped if it says nothing at all
     * @return false when it is gone, so that a new one may be started
     */
    boolean serves(long pid, boolean alone) throws IOException {
        AtomicReference<Answer> last = new AtomicReference<>(Answer.SILENT);
        boolean settled = Waiting.until(limits.answer(), () -> {
            if (!process.is(pid)) {
                return true;
            }
            last.set(question.ask());
            return last.get() == Answer.READY;
        });
        if (settled) {
            return last.get() == Answer.READY;
        }
        replace(pid, last.get(), alone);
        return false;
    }

    private void replace(long pid, Answer answer, boolean alone) throws IOException {
        // Stopping a recovery would only make it begin again, and never end if it always takes this long.
        if (answer == Answer.BUSY) {
            throw new StoreBusyException(describe(pid) + " is still recovering or loading its data after "
                    + limits.answer().toSeconds() + " s and was left at it; see its log, and start again later");
        }
        if (!alone) {
            throw new EmbeddedStoreException(
                    describe(pid) + " does not answer, and another process uses it; stop that one, then start again");
        }
        LOG.warn("{} does not answer and is replaced", describe(pid));
        stop(pid);
    }

    void stop(long pid) throws IOException {
        Processes.stop(pid, name, signals, limits.stop());
    }

    private String describe(long pid) {
        return name + " (process " + pid + ") in " + process.folder();
    }
}

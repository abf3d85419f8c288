package io.gatehouse.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines. While it gathers, from a thread of its own, all that have come within a few milliseconds at once, so
 * that a request costs no write to a file; never blocks who logs: past the bound lines are dropped, and one says how
 * many. Otherwise each line as it comes. Thread-safe.
 */
final class LineWriter extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final Logger log = LoggerFactory.getLogger(LineWriter.class);

    /** Lines with the stack of an error take some KB each. */
    private static final int MOST_WAITING = 4_096;

    /** Taken from the queue at once, so that others seldom wait for it. */
    private static final int MOST_AT_ONCE = 256;

    private static final int BLOCK = 64 * 1024;
    private static final long GATHER_MS = 5;
    private static final long LAST_WRITE_SECONDS = 2;

    private final Layout<ILoggingEvent> layout;
    private final PrintStream out;
    private final BlockingQueue<byte[]> waiting;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer = Thread.ofPlatform().name("log").daemon().unstarted(this::writeUntilStopped);
    private volatile boolean gathering;

    LineWriter(Layout<ILoggingEvent> layout, PrintStream out) {
        this(layout, out, MOST_WAITING);
    }

    LineWriter(Layout<ILoggingEvent> layout, PrintStream out, int mostWaiting) {
        this.layout = layout;
        this.out = out;
        this.waiting = new ArrayBlockingQueue<>(mostWaiting);
    }

    /** From now on lines are written in the background. */
    void gather() {
        gathering = true;
        writer.start();
    }

    /** Writes what waits, for so long that nobody waits in vain for whoever reads the lines; then each as it comes. */
    void gatherNoMore() {
        if (!gathering) {
            return;
        }
        gathering = false;
        writer.interrupt();
        try {
            writer.join(TimeUnit.SECONDS.toMillis(LAST_WRITE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        gatherNoMore();
        super.stop();
    }

    @Override
    protected void append(ILoggingEvent event) {
        byte[] line = layout.doLayout(event).getBytes(StandardCharsets.UTF_8);
        // The writer's own word about dropped lines must not be one of them.
        if (!gathering || Thread.currentThread().equals(writer)) {
            out.write(line, 0, line.length);
            out.flush();
        } else if (!waiting.offer(line)) {
            dropped.incrementAndGet();
        } else if (!gathering) {
            // The end came in between, and the writer may have looked before.
            writeWaiting();
        }
    }

    private void writeUntilStopped() {
        try {
            while (gathering) {
                writeSome(waiting.take());
                tellDropped();
            }
        } catch (InterruptedException e) {
            // Told to stop.
        }
        writeWaiting();
        tellDropped();
    }

    private void writeSome(byte[] first) throws InterruptedException {
        try {
            TimeUnit.MILLISECONDS.sleep(GATHER_MS);
        } finally {
            write(first);
        }
    }

    private void writeWaiting() {
        write(new byte[0]);
    }

    /** Line by line into a buffer; a print stream keeps its failures to itself: a full disk costs lines and no more. */
    private synchronized void write(byte[] first) {
        try {
            BufferedOutputStream block = new BufferedOutputStream(out, BLOCK);
            block.write(first);
            List<byte[]> lines = new ArrayList<>(MOST_AT_ONCE);
            while (waiting.drainTo(lines, MOST_AT_ONCE) > 0) {
                for (byte[] line : lines) {
                    block.write(line);
                }
                lines.clear();
            }
            block.flush();
        } catch (IOException | OutOfMemoryError e) {
            // Whatever becomes of these lines, there is nobody to tell, and the next ones must be written.
            dropped.incrementAndGet();
        }
    }

    private void tellDropped() {
        long lines = dropped.getAndSet(0);
        if (lines > 0) {
            log.atWarn().addKeyValue("lines", lines).log("log lines dropped: who reads them does not keep up");
        }
    }
}

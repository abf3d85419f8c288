package io.gatehouse.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines. While it gathers, from a thread of its own, all that have come within a few milliseconds at once, so
 * that a request costs no write to a file; never blocks who logs: past the bound lines are dropped. So are lines that
 * cannot be written, such as on a full disk; standard error hears when that begins, the log how many they were when it
 * is over. Otherwise each line as it comes. Thread-safe.
 */
final class LineWriter extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private static final Logger log = LoggerFactory.getLogger(LineWriter.class);

    /** Lines with the stack of an error take some KB each, up to 16. */
    private static final int MOST_WAITING = 4_096;

    /** Taken from the queue at once, so that others seldom wait for it; lost at once if they cannot be written. */
    private static final int MOST_AT_ONCE = 256;

    private static final long GATHER_MS = 5;
    private static final long LAST_WRITE_SECONDS = 2;
    private static final byte[] NOTHING = {};

    private final Layout<ILoggingEvent> layout;
    private final LineSink sink;
    private final BlockingQueue<byte[]> waiting;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer = Thread.ofPlatform().name("log").daemon().unstarted(this::writeUntilStopped);
    private final ReentrantLock writing = new ReentrantLock();
    private volatile boolean gathering;
    private boolean failing;
    private long told;

    LineWriter(Layout<ILoggingEvent> layout, LineSink sink) {
        this(layout, sink, MOST_WAITING);
    }

    LineWriter(Layout<ILoggingEvent> layout, LineSink sink, int mostWaiting) {
        this.layout = layout;
        this.sink = sink;
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
        // Not by an interrupt, which would close a file that is being written. In a full queue there is enough to wake
        // for.
        boolean _ = waiting.offer(NOTHING);
        try {
            writer.join(TimeUnit.SECONDS.toMillis(LAST_WRITE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lines that nobody will ever read, since the start. */
    long dropped() {
        return dropped.get();
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
            write(List.of(line));
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
                byte[] first = waiting.take();
                TimeUnit.MILLISECONDS.sleep(GATHER_MS);
                write(List.of(first));
                writeWaiting();
                tellDropped();
            }
        } catch (InterruptedException e) {
            // Nobody does; whoever did wants an end.
        }
        writeWaiting();
        tellDropped();
    }

    private void writeWaiting() {
        List<byte[]> lines = new ArrayList<>(MOST_AT_ONCE);
        while (waiting.drainTo(lines, MOST_AT_ONCE) > 0) {
            write(lines);
            lines.clear();
        }
    }

    private void write(List<byte[]> lines) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        lines.forEach(block::writeBytes);
        writing.lock();
        try {
            if (block.size() > 0) {
                byte[] bytes = block.toByteArray();
                sink.write(bytes, bytes.length);
            }
            failing = false;
        } catch (IOException | RuntimeException e) {
            dropped.addAndGet(lines.size());
            complain(e);
        } finally {
            writing.unlock();
        }
    }

    /** Once for each time that it begins. */
    private void complain(Exception e) {
        if (!failing) {
            failing = true;
            System.err.println(
                    "gatehouse: log lines cannot be written and are dropped until they can: " + e.getMessage());
        }
    }

    /** In a line of its own, as soon as one can be written. */
    private void tellDropped() {
        long lines = dropped.get() - told;
        if (lines > 0 && !failing) {
            told += lines;
            log.atWarn()
                    .addKeyValue("lines", lines)
                    .log("log lines dropped: they could not be written, or not as fast as they came");
        }
    }
}

package io.gatehouse.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.gatehouse.support.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LineWriterTest {

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("io.gatehouse.X");

    @Test
    void linesOfManyThreadsAllComeAndThoseOfOneInOrder() throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineWriter writer = writer(out, 100_000);
        writer.gather();

        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(thread -> Thread.startVirtualThread(() -> {
                    for (int i = 0; i < 1_000; i++) {
                        logger.info("{}-{}", thread, i);
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        writer.gatherNoMore();

        List<String> lines = lines(out);
        assertThat(lines).hasSize(8_000);
        for (int thread = 0; thread < 8; thread++) {
            String start = " (X) " + thread + "-";
            assertThat(lines.stream()
                            .filter(line -> line.contains(start))
                            .map(line -> line.substring(line.indexOf(start) + start.length())))
                    .containsExactlyElementsOf(IntStream.range(0, 1_000)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    @Test
    void whoLogsDoesNotWaitForWhoReadsAndIsToldWhatWasLost() throws InterruptedException {
        CountDownLatch read = new CountDownLatch(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineWriter writer = writer(new Blocked(out, read), 10);
        Logger ours = (Logger) LoggerFactory.getLogger(LineWriter.class);
        ours.addAppender(writer);
        try {
            writer.gather();
            logger.info("first");
            TimeUnit.MILLISECONDS.sleep(200);

            long start = System.nanoTime();
            for (int i = 0; i < 1_000; i++) {
                logger.info("more");
            }
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(2));

            read.countDown();
            for (int i = 0; i < 100 && !out.toString(StandardCharsets.UTF_8).contains("dropped"); i++) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            writer.gatherNoMore();
            assertThat(lines(out).stream().filter(line -> line.contains("more")))
                    .hasSize(10);
            assertThat(lines(out)).anyMatch(line -> line.contains("log lines dropped") && line.contains("lines=990"));
        } finally {
            ours.detachAppender(writer);
        }
    }

    @Test
    void whatComesAfterTheEndIsWrittenAtOnce() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineWriter writer = writer(out, 10);
        writer.gather();
        logger.info("before");
        writer.gatherNoMore();
        logger.info("after");

        assertThat(lines(out)).hasSize(2);
        assertThat(lines(out).getLast()).endsWith("after");
    }

    @Test
    void whatCannotBeWrittenIsCountedAndToldWhenItIsOver() throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AtomicBoolean full = new AtomicBoolean(true);
        LineWriter writer = writer(
                (bytes, length) -> {
                    if (full.get()) {
                        throw new IOException("No space left on device");
                    }
                    out.write(bytes, 0, length);
                },
                100);
        Logger ours = (Logger) LoggerFactory.getLogger(LineWriter.class);
        ours.addAppender(writer);
        try {
            writer.gather();
            for (int i = 0; i < 20; i++) {
                logger.info("lost");
                TimeUnit.MILLISECONDS.sleep(2);
            }
            Await.until(Duration.ofSeconds(5), () -> writer.dropped() == 20);
            assertThat(writer.dropped()).isEqualTo(20);

            full.set(false);
            logger.info("kept");
            writer.gatherNoMore();
            assertThat(lines(out)).hasSize(2);
            assertThat(lines(out).get(0)).endsWith("kept");
            assertThat(lines(out).get(1)).contains("log lines dropped").contains("lines=20");
        } finally {
            ours.detachAppender(writer);
        }
    }

    private LineWriter writer(OutputStream out, int mostWaiting) {
        return writer((bytes, length) -> out.write(bytes, 0, length), mostWaiting);
    }

    private LineWriter writer(LineSink sink, int mostWaiting) {
        LineWriter writer = new LineWriter(new PrettyLayout(false), sink, mostWaiting);
        // What SLF4J would have set up.
        context.setMDCAdapter(new LogbackMDCAdapter());
        writer.setContext(context);
        writer.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(writer);
        return writer;
    }

    private static List<String> lines(ByteArrayOutputStream out) {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Takes nothing until somebody reads. */
    private static final class Blocked extends OutputStream {

        private final OutputStream out;
        private final CountDownLatch read;

        Blocked(OutputStream out, CountDownLatch read) {
            this.out = out;
            this.read = read;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                read.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            out.write(bytes, from, length);
        }
    }
}

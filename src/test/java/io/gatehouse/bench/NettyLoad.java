package io.gatehouse.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;

/**
 * A load generator on Netty for machines without wrk; takes its arguments and prints its line of JSON ({@code
 * load.lua}). One event loop, which reads of an answer no more than its status and its length, so that it is far from
 * being the bottleneck.
 */
public final class NettyLoad {

    /** Longer than any answer takes: 100 s in microseconds. */
    private static final long LONGEST = 100_000_000;

    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

    private final Histogram micros = new Histogram(LONGEST, 3);
    private final Map<String, Long> statuses = new TreeMap<>();
    private final List<String> lines;
    private final String method;
    private final String path;
    private int at;
    private long broken;
    private boolean over;

    private NettyLoad(String method, String path, List<String> lines, double start) {
        this.method = method;
        this.path = path;
        this.lines = lines;
        this.at = (int) (lines.size() * start);
    }

    /** {@code -c CONNECTIONS -d SECONDSs URL -- METHOD PATH FILE START}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int connections = Integer.parseInt(arguments[1]);
        long seconds = Long.parseLong(arguments[3].replace("s", ""));
        URI target = URI.create(arguments[4]);
        NettyLoad load = new NettyLoad(
                arguments[6],
                arguments[7],
                Files.readAllLines(Path.of(arguments[8])),
                Double.parseDouble(arguments[9]));
        load.run(target, connections, Duration.ofSeconds(seconds));
    }

    private void run(URI target, int connections, Duration duration) throws InterruptedException {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Bootstrap bootstrap = new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline().addLast(new Answers(), new Caller());
                        }
                    });
            long start = System.nanoTime();
            for (int i = 0; i < connections; i++) {
                bootstrap.connect(target.getHost(), target.getPort()).sync();
            }
            Thread.sleep(duration);
            double took = (System.nanoTime() - start) / 1e9;
            // On the loop, where everything is counted.
            loop.submit(() -> print(took)).sync();
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private void print(double seconds) {
        over = true;
        System.out.println(new JsonMapper()
                .writeValueAsString(Map.of(
                        "requests",
                        micros.getTotalCount(),
                        "seconds",
                        seconds,
                        "p50",
                        micros.getValueAtPercentile(50) / 1e3,
                        "p99",
                        micros.getValueAtPercentile(99) / 1e3,
                        "p999",
                        micros.getValueAtPercentile(99.9) / 1e3,
                        "broken",
                        broken,
                        "statuses",
                        statuses)));
    }

    private ByteBuf next() {
        String line = lines.get(at);
        at = (at + 1) % lines.size();
        String head = method + " " + path + " HTTP/1.1\r\nHost: bench\r\n";
        String request = method.equals("GET")
                ? head + "Cookie: " + line + "\r\n\r\n"
                : head + "Content-Type: application/json\r\nContent-Length: " + line.length() + "\r\n\r\n" + line;
        return Unpooled.copiedBuffer(request, StandardCharsets.ISO_8859_1);
    }

    /** From bytes to the status of each whole answer. */
    private static final class Answers extends ByteToMessageDecoder {

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int head = indexOf(in, END_OF_HEAD, in.readerIndex(), in.writerIndex());
            if (head < 0) {
                return;
            }
            int body = length(in, head);
            int whole = head + END_OF_HEAD.length + body - in.readerIndex();
            if (in.readableBytes() >= whole) {
                out.add(in.toString(in.readerIndex() + "HTTP/1.1 ".length(), 3, StandardCharsets.US_ASCII));
                in.skipBytes(whole);
            }
        }

        private static int length(ByteBuf in, int end) {
            int at = indexOf(in, LENGTH, in.readerIndex(), end);
            if (at < 0) {
                return 0;
            }
            int length = 0;
            for (int i = at + LENGTH.length; i < end && in.getByte(i) != '\r'; i++) {
                byte digit = in.getByte(i);
                length = digit == ' ' ? length : length * 10 + digit - '0';
            }
            return length;
        }

        /** Letters in any case. */
        private static int indexOf(ByteBuf in, byte[] wanted, int from, int to) {
            for (int i = from; i <= to - wanted.length; i++) {
                int matched = 0;
                while (matched < wanted.length && lower(in.getByte(i + matched)) == wanted[matched]) {
                    matched++;
                }
                if (matched == wanted.length) {
                    return i;
                }
            }
            return -1;
        }

        private static byte lower(byte letter) {
            return letter >= 'A' && letter <= 'Z' ? (byte) (letter + 'a' - 'A') : letter;
        }
    }

    /** Sends a request, and the next one when its answer is there. */
    private final class Caller extends SimpleChannelInboundHandler<String> {

        private long sent;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            send(context);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, String status) {
            if (!over) {
                micros.recordValue(Math.min(LONGEST, (System.nanoTime() - sent) / 1000));
                statuses.merge(status, 1L, Long::sum);
                send(context);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            broken += over ? 0 : 1;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.channel().unsafe().closeForcibly();
        }

        private void send(ChannelHandlerContext context) {
            sent = System.nanoTime();
            context.writeAndFlush(next()).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }
}

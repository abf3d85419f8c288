package io.gatehouse.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down every command that a Redis executes ({@code MONITOR}). */
public final class RedisMonitor implements AutoCloseable {

    private static final String MARK = "that-is-all";

    private final RedisProcess redis;
    private final Socket socket;
    private final BufferedReader lines;

    public RedisMonitor(RedisProcess redis) throws IOException {
        this.redis = redis;
        this.socket = new Socket(InetAddress.getLoopbackAddress(), redis.port());
        socket.setSoTimeout(10_000);
        this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        ask("AUTH " + redis.password());
        ask("MONITOR");
    }

    private void ask(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
        String reply = lines.readLine();
        if (!"+OK".equals(reply)) {
            throw new IllegalStateException(command.split(" ", 2)[0] + ": " + reply);
        }
    }

    /** The commands so far that came from outside, not from within scripts. */
    public List<String> commandsOfClients() {
        String reply = redis.command(commands -> commands.echo(MARK));
        List<String> commands = new ArrayList<>();
        try {
            String line = lines.readLine();
            while (line != null && !line.contains(reply)) {
                // +1700000000.123456 [10 127.0.0.1:50000] "EVALSHA" …, or [10 lua] for those of scripts
                boolean ours = line.contains("[10 127.0.0.1:");
                if (ours) {
                    commands.add(line.substring(line.indexOf("] ") + 2));
                }
                line = lines.readLine();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return commands;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

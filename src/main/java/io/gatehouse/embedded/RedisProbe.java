package io.gatehouse.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a Redis whether it serves the data of a folder, in as much of its protocol as that takes.
 *
 * @param patience for connecting and for each line of the reply
 */
record RedisProbe(Endpoint endpoint, Path folder, Duration patience) {
    private static final Logger LOG = LoggerFactory.getLogger(RedisProbe.class);

    Answer ask() {
        try (Socket socket = new Socket()) {
            int millis = Math.toIntExact(patience.toMillis());
            socket.setSoTimeout(millis);
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), millis);
            String commands = "AUTH " + endpoint.password() + "\r\nPING\r\nCONFIG GET dir\r\n";
            socket.getOutputStream().write(commands.getBytes(StandardCharsets.UTF_8));
            return judge(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.debug("Redis in {} does not serve", folder, e);
            return Answer.SILENT;
        }
    }

    private Answer judge(BufferedReader replies) throws IOException {
        String authenticated = line(replies);
        if (authenticated.startsWith("-WRONGPASS")) {
            throw new EmbeddedStoreException("Redis in " + folder + " refuses the password in " + folder
                    + ".password; restore that file from a backup, or end the redis-server by hand");
        }
        if (!authenticated.equals("+OK") || !line(replies).equals("+PONG")) {
            return Answer.BUSY; // loading its data, running a script, out of clients
        }
        // An array of two strings, each with its length before it: the name and the value.
        for (String expected : new String[] {"*2", "$3", "dir"}) {
            if (!line(replies).equals(expected)) {
                return Answer.SILENT;
            }
        }
        line(replies);
        return Files.isSameFile(Path.of(line(replies)), folder) ? Answer.READY : Answer.SILENT;
    }

    private static String line(BufferedReader replies) throws IOException {
        return Objects.requireNonNullElse(replies.readLine(), "");
    }
}

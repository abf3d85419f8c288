package io.gatehouse.db;

import io.gatehouse.config.Settings.Postgres;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The driver's URL of a database; never holds the password. Stateless. */
public final class JdbcUrl {

    private JdbcUrl() {}

    /** Of several hosts the primary is sought. */
    public static String of(Postgres settings) {
        Map<String, String> options = new TreeMap<>();
        options.put("ApplicationName", "gatehouse");
        options.put("connectTimeout", seconds(settings));
        options.put("loginTimeout", seconds(settings));
        options.put("tcpKeepAlive", "true");
        // The server's error detail holds values of rows; it must not reach a log.
        options.put("logServerErrorDetail", "false");
        options.put("sslmode", settings.sslMode().text());
        settings.sslRootCert().ifPresent(path -> options.put("sslrootcert", path.toString()));
        if (settings.pooler()) {
            // The next statement may reach another process, which has never heard of a statement prepared by name.
            options.put("prepareThreshold", "0");
        }
        if (settings.addresses().size() > 1) {
            options.put("targetServerType", "primary");
        }
        return "jdbc:postgresql://%s/%s?%s"
                .formatted(
                        settings.hosts(","),
                        encode(settings.database()),
                        options.entrySet().stream()
                                .map(option -> option.getKey() + "=" + encode(option.getValue()))
                                .collect(Collectors.joining("&")));
    }

    /** The driver counts whole seconds; never zero, which would mean for ever. */
    private static String seconds(Postgres settings) {
        return String.format(Locale.ROOT, "%d", Math.max(1, settings.timeout().toSeconds()));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

package io.gatehouse.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.util.Map;

/** What both layouts take from a logging event. Stateless. */
final class LogLine {

    private LogLine() {}

    /** pino's number of a level: trace 10, debug 20, info 30, warn 40, error 50; nothing here is fatal. */
    static int number(ILoggingEvent event) {
        return switch (event.getLevel().toInt()) {
            case Level.ERROR_INT -> 50;
            case Level.WARN_INT -> 40;
            case Level.INFO_INT -> 30;
            case Level.DEBUG_INT -> 20;
            default -> 10;
        };
    }

    /** The logger's last name, such as {@code RequestLog}. */
    static String context(ILoggingEvent event) {
        String name = event.getLoggerName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Bindings of the thread, such as {@code reqId}. */
    static Map<String, String> bindings(ILoggingEvent event) {
        return event.getMDCPropertyMap();
    }

    /** The stack of an error as Node would print it: one text, causes included. */
    static String stack(IThrowableProxy error) {
        return ThrowableProxyUtil.asString(error).stripTrailing();
    }
}

package io.gatehouse.http;

import java.util.List;

/**
 * What is wrong with one field.
 *
 * @param rule key of its message, such as {@code length}
 * @param arguments what the message names, in order
 */
public record Violation(String rule, List<Object> arguments) {

    public static Violation of(String rule, Object... arguments) {
        return new Violation(rule, List.of(arguments));
    }
}

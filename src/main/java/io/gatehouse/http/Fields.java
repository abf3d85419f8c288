package io.gatehouse.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a JSON object, read one by one; violations are collected, so that a client learns all of them at
 * once. Unknown fields are ignored. Not thread-safe.
 */
public final class Fields {

    private final ObjectNode object;
    private final Map<String, Violation> violations = new HashMap<>();

    Fields(ObjectNode object) {
        this.object = object;
    }

    /**
     * A text that must be there.
     *
     * @param parser makes the value, or throws {@link InvalidValueException}
     */
    public <T> Field<T> text(String name, Function<String, T> parser) {
        Field<T> field = optionalText(name, parser);
        if (field.value.isEmpty()) {
            violations.putIfAbsent(name, Violation.of("required"));
        }
        return field;
    }

    /** A text that may be absent or null. */
    public <T> Field<T> optionalText(String name, Function<String, T> parser) {
        JsonNode node = object.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return new Field<>(Optional.empty());
        }
        if (!node.isString()) {
            violations.put(name, Violation.of("text"));
            return new Field<>(Optional.empty());
        }
        try {
            return new Field<>(Optional.of(parser.apply(node.stringValue())));
        } catch (InvalidValueException e) {
            violations.put(name, e.violation());
            return new Field<>(Optional.empty());
        }
    }

    /** A field is wrong in the light of others, or of what is known already. */
    public void reject(String name, Violation violation) {
        violations.putIfAbsent(name, violation);
    }

    /** Whether a field is there and null, which takes its value away. */
    public boolean clears(String name) {
        return object.path(name).isNull();
    }

    /**
     * To be called when every field has been read, before any value is used.
     *
     * @throws Problem with every violation
     */
    public void check() {
        if (!violations.isEmpty()) {
            throw Problem.invalidFields(violations);
        }
    }

    /** A field that was read; its value may be used after {@link Fields#check()}. */
    public static final class Field<T> {

        private final Optional<T> value;

        private Field(Optional<T> value) {
            this.value = value;
        }

        /** The value of a field that must be there. */
        public T value() {
            return value.orElseThrow(() -> new IllegalStateException("Fields.check() comes before value()"));
        }

        /** The value of a field that may be absent. */
        public Optional<T> optional() {
            return value;
        }
    }
}

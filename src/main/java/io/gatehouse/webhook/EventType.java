package io.gatehouse.webhook;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What can be told. The names are the receivers' and never change. */
public enum EventType {
    USER_REGISTERED("user.registered"),
    USER_UPDATED("user.updated"),
    USER_BANNED("user.banned"),
    SESSION_CREATED("session.created"),
    SESSION_REVOKED("session.revoked");

    private final String text;

    EventType(String text) {
        this.text = text;
    }

    /** As receivers read it. */
    public String text() {
        return text;
    }

    static Optional<EventType> of(String text) {
        return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
    }

    static List<String> texts() {
        return Arrays.stream(values()).map(EventType::text).toList();
    }
}

package io.gatehouse.db.locks;

import java.util.Locale;

/** May this run while the service works? Best first. */
public enum Verdict {
    /** Nobody who reads or writes has to wait for it. */
    SAFE("safe online"),
    /** Somebody has to wait, for moments. */
    BRIEF("brief lock"),
    /** Somebody has to wait for as long as a large table takes to be read, changed or written anew. */
    WINDOW("needs a window");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }

    /** For options and JSON. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

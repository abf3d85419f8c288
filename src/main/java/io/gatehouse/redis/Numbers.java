package io.gatehouse.redis;

/** Reads whole numbers in a script's reply, one after the other, with a blank before each. Not thread-safe. */
public final class Numbers {

    private final String text;
    private final int end;
    private int at;

    /**
     * @param from where the first blank is
     * @param end of the numbers
     */
    public Numbers(String text, int from, int end) {
        this.text = text;
        this.at = from;
        this.end = end;
    }

    /** Of a whole reply. */
    public static Numbers of(String text) {
        return new Numbers(text, 0, text.length());
    }

    /** Whether one is left. */
    public boolean more() {
        return at < end;
    }

    /**
     * The next one.
     *
     * @throws NumberFormatException if there is none
     */
    public long next() {
        int blank = text.indexOf(' ', at + 1);
        int until = blank < 0 || blank > end ? end : blank;
        long number = Long.parseLong(text, Math.min(at + 1, until), until, 10);
        at = until;
        return number;
    }
}

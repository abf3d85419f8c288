package io.gatehouse.http;

import java.text.Normalizer;
import java.util.PrimitiveIterator;

/** Rules for texts that people type. Stateless. */
public final class Text {

    /** Emoji and several scripts are written with these two. */
    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;

    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private Text() {}

    /**
     * The text trimmed and in Unicode NFC.
     *
     * @throws InvalidValueException if it holds control characters (NUL among them), invisible marks or lone surrogates
     */
    public static String line(String raw) {
        String stripped = wellFormed(raw).strip();
        if (stripped.codePoints().anyMatch(Text::hidden)) {
            throw new InvalidValueException(Violation.of("characters"));
        }
        return Normalizer.normalize(stripped, Normalizer.Form.NFC);
    }

    /** Controls, and marks that are not seen but change what is: text direction, zero-width blanks. */
    private static boolean hidden(int codePoint) {
        boolean format = Character.getType(codePoint) == Character.FORMAT;
        return Character.isISOControl(codePoint)
                || (format && codePoint != ZERO_WIDTH_JOINER && codePoint != ZERO_WIDTH_NON_JOINER);
    }

    /** The text as it is, if it can be written as UTF-8 at all: a lone surrogate cannot. */
    public static String wellFormed(String raw) {
        PrimitiveIterator.OfInt codePoints = raw.codePoints().iterator();
        while (codePoints.hasNext()) {
            int type = Character.getType(codePoints.nextInt());
            if (type == Character.SURROGATE) {
                throw new InvalidValueException(Violation.of("characters"));
            }
        }
        return raw;
    }

    /** The text, if it has so many code points. */
    public static String length(String text, int least, int most) {
        int length = text.codePointCount(0, text.length());
        if (length < least || length > most) {
            throw new InvalidValueException(Violation.of("length", least, most));
        }
        return text;
    }
}

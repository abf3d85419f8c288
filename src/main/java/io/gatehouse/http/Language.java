package io.gatehouse.http;

import java.util.List;
import java.util.Locale;
import java.util.Locale.LanguageRange;
import org.jspecify.annotations.Nullable;

/** The languages that messages are written in. */
public enum Language {
    ENGLISH(Locale.ENGLISH),
    SIMPLIFIED_CHINESE(Locale.SIMPLIFIED_CHINESE);

    /** Far longer than any browser's header; the parser's cost grows with its input. */
    private static final int LONGEST_HEADER = 256;

    private static final List<String> CHINESE = List.of("zh-cn", "zh-sg", "zh-my", "zh-hans");

    private final Locale locale;

    Language(Locale locale) {
        this.locale = locale;
    }

    Locale locale() {
        return locale;
    }

    /** The first language of an {@code Accept-Language} header that is ours; English otherwise. */
    static Language of(@Nullable String acceptLanguage) {
        if (acceptLanguage == null || acceptLanguage.isBlank() || acceptLanguage.length() > LONGEST_HEADER) {
            return ENGLISH;
        }
        try {
            return LanguageRange.parse(acceptLanguage).stream()
                    .filter(range -> range.getWeight() > 0)
                    .map(LanguageRange::getRange)
                    .filter(range -> range.startsWith("en") || chinese(range))
                    .findFirst()
                    .map(range -> chinese(range) ? SIMPLIFIED_CHINESE : ENGLISH)
                    .orElse(ENGLISH);
        } catch (IllegalArgumentException e) {
            return ENGLISH;
        }
    }

    /** Traditional Chinese is another script: its readers get English. */
    private static boolean chinese(String range) {
        return range.equals("zh") || CHINESE.stream().anyMatch(range::startsWith);
    }
}

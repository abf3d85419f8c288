package io.gatehouse.http;

import java.text.MessageFormat;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.ResourceBundle.Control;
import java.util.stream.Collectors;

/** Texts for people, by language. Immutable and thread-safe; read once. */
final class Messages {

    private static final String BUNDLE = "io.gatehouse.http.messages";

    private final Map<Language, Map<String, String>> texts;

    Messages() {
        this.texts = Arrays.stream(Language.values())
                .collect(Collectors.toMap(
                        language -> language, Messages::read, (a, b) -> a, () -> new EnumMap<>(Language.class)));
    }

    String of(ProblemCode code, Language language) {
        return text(language, "problem." + code.key());
    }

    String of(Violation violation, Language language) {
        String pattern = text(language, "field." + violation.rule());
        return new MessageFormat(pattern, language.locale())
                .format(violation.arguments().toArray());
    }

    /** All texts of a language, by key. */
    Map<String, String> all(Language language) {
        return Map.copyOf(texts(language));
    }

    private Map<String, String> texts(Language language) {
        return texts.getOrDefault(language, Map.of());
    }

    private String text(Language language, String key) {
        String text = texts(language).get(key);
        if (text == null) {
            throw new IllegalArgumentException("No message " + key + " in " + language);
        }
        return text;
    }

    private static Map<String, String> read(Language language) {
        ResourceBundle bundle = ResourceBundle.getBundle(
                BUNDLE, language.locale(), Control.getNoFallbackControl(Control.FORMAT_PROPERTIES));
        return bundle.keySet().stream().collect(Collectors.toUnmodifiableMap(key -> key, bundle::getString));
    }
}

package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesTest {

    private final Messages messages = new Messages();

    @Test
    void everyLanguageHasTheSameKeys() {
        assertThat(messages.all(Language.SIMPLIFIED_CHINESE).keySet())
                .isEqualTo(messages.all(Language.ENGLISH).keySet());
    }

    @Test
    void everyProblemHasAMessageAndNoMessageIsLeftOver() {
        assertThat(messages.all(Language.ENGLISH).keySet().stream().filter(key -> key.startsWith("problem.")))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemCode.values())
                        .map(code -> "problem." + code.key())
                        .toList());
    }

    @Test
    void codesAreStatusTimesHundredPlusANumberAndUnique() {
        assertThat(Arrays.stream(ProblemCode.values()).map(ProblemCode::code))
                .doesNotHaveDuplicates()
                .allMatch(code -> code >= 40_000 && code < 60_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "null|ENGLISH",
                "''|ENGLISH",
                "zh-CN,zh;q=0.9,en;q=0.8|SIMPLIFIED_CHINESE",
                "zh|SIMPLIFIED_CHINESE",
                "zh-Hans-SG|SIMPLIFIED_CHINESE",
                "zh-TW,zh-Hant|ENGLISH",
                "fr,zh-CN;q=0.5|SIMPLIFIED_CHINESE",
                "en-GB,zh;q=0.9|ENGLISH",
                "zh;q=0|ENGLISH",
                ";;;q=x|ENGLISH"
            })
    void languageIsTheFirstOfOurs(@org.jspecify.annotations.Nullable String header, Language expected) {
        assertThat(Language.of(header)).isEqualTo(expected);
    }
}

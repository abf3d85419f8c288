package io.gatehouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.support.Vectors;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CookieHeaderTest {

    @Test
    void readsAsThePackageCookieDoes() {
        int checked = 0;
        for (JsonNode vector : Vectors.read("cookies.json").path("parse")) {
            Optional<String> expected =
                    Optional.ofNullable(vector.path("result").get("a")).map(JsonNode::stringValue);
            assertThat(CookieHeader.find(vector.path("header").stringValue(), "a"))
                    .as(vector.toString())
                    .isEqualTo(expected);
            checked++;
        }
        assertThat(checked).isEqualTo(7);
    }

    @Test
    void plusSignsAreKept() {
        assertThat(CookieHeader.find("a=1+2%2B3", "a")).contains("1+2+3");
    }

    @Test
    void writesAsThePackageCookieDoes() {
        for (JsonNode vector : Vectors.read("cookies.json").path("vectors")) {
            String written = CookieHeader.set(
                    vector.path("name").stringValue(),
                    vector.path("signed").stringValue(),
                    Duration.ofDays(7),
                    Optional.empty(),
                    true);
            assertThat(written).isEqualTo(vector.path("setCookie").stringValue());
        }
    }
}

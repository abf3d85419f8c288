package io.gatehouse.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.support.Vectors;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The layout, against ids of @sapphire/snowflake. What its generator does is compared in {@link SnowflakesTest}. */
class SnowflakeTest {

    @Test
    void everyVectorHasTheSameLayout() {
        int positive = 0;
        for (JsonNode vector : Vectors.read("snowflake.json").path("vectors")) {
            long id = number(vector, "id");
            if (id < 0) {
                continue; // aTimeBeforeTheEpochIsRefused
            }
            Snowflake parts = Snowflake.of(id);

            assertThat(parts.time(Instant.ofEpochMilli(number(vector, "epoch"))))
                    .isEqualTo(Instant.ofEpochMilli(number(vector, "timestampMs")));
            assertThat(parts.sapphireWorker()).isEqualTo((int) number(vector, "workerId"));
            assertThat(parts.sapphireProcess()).isEqualTo((int) number(vector, "processId"));
            assertThat(parts.sequence()).isEqualTo((int) number(vector, "increment"));
            assertThat(parts.id()).isEqualTo(id);
            positive++;
        }
        assertThat(positive).isEqualTo(19);
    }

    @Test
    void aTimeBeforeTheEpochIsRefused() {
        int negative = 0;
        JsonNode file = Vectors.read("snowflake.json");
        for (JsonNode vector : file.path("vectors")) {
            long id = number(vector, "id");
            if (id < 0) {
                assertThatThrownBy(() -> Snowflake.of(id)).isInstanceOf(IllegalArgumentException.class);
                negative++;
            }
        }
        assertThat(negative).isEqualTo(1);
        long before = number(file.path("generator"), "beforeEpoch");
        assertThatThrownBy(() -> Snowflake.of(before)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theOrderIsThatOfSapphire() {
        int compared = 0;
        for (JsonNode vector : Vectors.read("snowflake.json").path("compare")) {
            assertThat(Long.compare(number(vector, "a"), number(vector, "b")))
                    .isEqualTo(vector.path("r").intValue());
            compared++;
        }
        assertThat(compared).isEqualTo(3);
    }

    private static long number(JsonNode node, String field) {
        return Long.parseLong(node.path(field).stringValue());
    }
}

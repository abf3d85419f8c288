package io.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What dotenv 16.4 of npm gives for the same texts, seen by running it. */
class DotEnvTest {

    @Test
    void quotesExportAndComments() {
        assertThat(DotEnv.parse("""
                        # comment A=0
                          # B=0
                        BASIC=basic
                        export EXPORTED=yes
                        EMPTY=
                        SINGLE='single # quoted'
                        DOUBLE="double\\nlines \\t kept"
                        BACK=`both ' and "`
                        SPACED =   padded  \s
                        INLINE=value # comment
                        HASH=a#b
                        URL=redis://:p@h/0?x=1&y=2
                        JSON={"a": "b"}
                        DOT.TED-key=1
                        OPEN='unclosed
                        INNER=a'b'c
                        TWICE=1
                        TWICE=2
                        """))
                .isEqualTo(Map.ofEntries(
                        Map.entry("BASIC", "basic"),
                        Map.entry("EXPORTED", "yes"),
                        Map.entry("EMPTY", ""),
                        Map.entry("SINGLE", "single # quoted"),
                        Map.entry("DOUBLE", "double\nlines \\t kept"),
                        Map.entry("BACK", "both ' and \""),
                        Map.entry("SPACED", "padded"),
                        Map.entry("INLINE", "value"),
                        Map.entry("HASH", "a"),
                        Map.entry("URL", "redis://:p@h/0?x=1&y=2"),
                        Map.entry("JSON", "{\"a\": \"b\"}"),
                        Map.entry("DOT.TED-key", "1"),
                        Map.entry("OPEN", "'unclosed"),
                        Map.entry("INNER", "a'b'c"),
                        Map.entry("TWICE", "2")));
    }

    @Test
    void byteOrderMarkIsNoKey() {
        assertThat(DotEnv.parse("\uFEFFKEY=1\n")).isEqualTo(Map.of("KEY", "1"));
    }

    @Test
    void valuesMaySpanLines() {
        assertThat(DotEnv.parse("KEY=\"-----BEGIN\nA=B\n-----END\"\nNEXT=1\r\nLAST='x\ny'"))
                .isEqualTo(Map.of("KEY", "-----BEGIN\nA=B\n-----END", "NEXT", "1", "LAST", "x\ny"));
    }
}

package io.gatehouse.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.http.InvalidValueException;
import io.gatehouse.support.NodeDatabase;
import io.gatehouse.support.TestStores;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** E-mails become in SQL what the service makes of them when somebody signs in; the expected value is always Java's. */
class AdoptedEmailTest {

    private static final List<String> FORMS = List.of(
            "Ada@Example.COM",
            " \t\u3000\u2003ada2@example.com\r\n\u001F",
            "\u00C4\u00D6\u00DC@\u00C4rger.DE",
            "A\u0308O\u0308@example.com",
            "\u039F\u0394\u039F\u03A3@example.com",
            "\u03A3\u039F\u03A6\u039F\u03A3@\u039F\u0394\u039F\u03A3\u0391.gr",
            "x@example.\u0391\u03A3",
            "\u0130STANBUL@example.com",
            "I@example.com",
            "J\u030C@example.com",
            "\u1E9E@example.com",
            "\u01C5@example.com",
            "\uD801\uDC00@example.com",
            "\uFB01@example.com",
            "\u212B@example.com",
            "a\u00A0b@example.com",
            "a\u2003b@example.com",
            "it's.o+k%@[sub].example.com",
            "x".repeat(64) + "@" + "y".repeat(185) + ".com",
            "\uD801\uDC00".repeat(64) + "@" + "y".repeat(121) + ".com");

    private static final List<String> NONE = List.of(
            "",
            "ada",
            "ada@example",
            "a@b@example.com",
            "a b@example.com",
            "ada@example..com",
            "ada@.com",
            "\u00A0@ex ample.com",
            "a\u0001da@example.com",
            "a\u200Bda@example.com",
            "a\u200Dda@example.com",
            "\uFEFFada@example.com",
            "ada@exam\u00ADple.com",
            "ada\u0085@example.com",
            "a\uDB40\uDC01@example.com",
            "x".repeat(65) + "@example.com",
            "x".repeat(64) + "@" + "y".repeat(186) + ".com",
            "\uD801\uDC00".repeat(64) + "@" + "y".repeat(123) + ".com");

    /** Java and ICU do not agree on these, or need not. */
    private static final List<String> SIGMAS = List.of(
            "\u0391\u03A31@example.com",
            "\u0391\u03A3_x@example.com",
            "\u0391\u03A3-x@example.com",
            "\u0391-\u03A3@example.com");

    /** Of Unicode 10 at most: ICU may be older than Java, and knows no letters that came after it. */
    private static final String LETTERS = Stream.of(
                    "A\u13F5", "\u1E00\u1FFF", "\uFF21\uFF3A", "\uD801\uDC00\uD801\uDC27")
            .map(range -> range.codePoints().toArray())
            .flatMapToInt(range -> IntStream.rangeClosed(range[0], range[1]))
            .mapToObj(Character::toString)
            .collect(Collectors.joining());

    @RegisterExtension
    private final NodeDatabase node = new NodeDatabase();

    @Test
    void everyFormBecomesWhatTheServiceLooksUp() {
        List<String> raw = new ArrayList<>(FORMS);
        raw.addAll(lettersOfEveryBlock());
        insert(raw);

        node.migrations().up();

        assertThat(NodeDatabase.rows(node.settings(), "select email from users order by id"))
                .isEqualTo(raw.stream().map(Email::parse).map(Email::value).toList());
        assertThat(node.query("select datcollate from pg_database where datname = current_database()"))
                .as("a locale that knows no letters but ASCII's")
                .isIn("C", "C.UTF-8");
    }

    @Test
    void whatTheServiceWouldNotTakeIsRefused() {
        assertThat(NONE.stream().filter(AdoptedEmailTest::parses)).isEmpty();
        insert(NONE);

        assertThat(refused()).contains("email is none that can sign in: " + NONE.size() + " rows");
    }

    @Test
    void capitalSigmasWhoseSmallFormIsNotCertainAreRefused() {
        insert(SIGMAS);

        assertThat(refused())
                .contains("email has a capital sigma that is followed by no letter")
                .contains(SIGMAS.size() + " rows");
    }

    private String refused() {
        try {
            node.migrations().up();
            return "";
        } catch (io.gatehouse.db.Migrations.MigrationException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Each letter that has a small form, but sigma, in tens; numbered so that no two become one. */
    private static List<String> lettersOfEveryBlock() {
        List<String> capitals = LETTERS.codePoints()
                .filter(it -> Character.isLetter(it) && Character.toLowerCase(it) != it && it != 0x3A3)
                .mapToObj(Character::toString)
                .toList();
        return IntStream.range(0, capitals.size() / 10)
                .mapToObj(part -> String.join("", capitals.subList(part * 10, part * 10 + 10)) + part + "@example.com")
                .toList();
    }

    private static boolean parses(String raw) {
        try {
            Email.parse(raw);
            return true;
        } catch (InvalidValueException e) {
            return false;
        }
    }

    private void insert(List<String> emails) {
        for (int i = 0; i < emails.size(); i++) {
            NodeDatabase.add(node.settings(), Integer.toString(i + 1), emails.get(i));
        }
        assertThat(TestStores.query(node.settings(), "select count(*) from users"))
                .isEqualTo(Integer.toString(emails.size()));
    }
}

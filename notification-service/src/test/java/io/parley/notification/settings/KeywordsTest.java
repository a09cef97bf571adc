package io.parley.notification.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.AccessProperties;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeywordsTest {

  private static final KeywordKey KEY = key("c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          release     | The release is out                | true
          release     | release                           | true
          release     | RELEASE!                          | true
          release     | (Release)                         | true
          release     | pre-release                       | true
          release     | Releases are out                  | false
          release     | prerelease                        | false
          release     | release_2                         | false
          release     | release2                          | false
          Release     | ｒｅｌｅａｓｅ                       | true
          ＡＢＣ        | abc                               | true
          straße      | STRASSE                           | true
          STRASSE     | Straße                            | true
          Ὀδυσσεύς    | ΟΔΥΣΣΕΎΣ                           | false
          οδυσσεύς    | ΟΔΥΣΣΕΎΣ                           | true
          café        | CAFÉ                              | true
          café        | cafe                              | false
          cafe        | café                              | false
          équipe      | l'équipe                          | true
          l'équipe    | L’ÉQUIPE est là                   | true
          release day | On release  day                   | true
          release day | release, day                      | false
          release day | release days                      | false
          c++         | C and C++, too                    | true
          c++         | c                                 | false
          c           | c++                               | true
          .net        | the .NET way                      | true
          "#ops"      | see #ops                          | true
          ops         | see #ops                          | true
          @here       | @here please                      | true
          3.5         | v3 is 3.5 now                     | true
          v3          | v3.5                              | true
          v3          | v35                               | false
          привет      | Привет, мир                       | true
          при         | Привет                            | false
          שלום        | שלום עולם                         | true
          سلام        | سلام عليكم                        | true
          東京         | 明日東京に行きます                    | true
          東京都       | 東京都庁で                           | true
          京都         | 東京都に住む                         | false
          京都         | 明日京都に行く                        | true
          リリース      | 新しいリリースです                     | true
          ﾘﾘｰｽ        | 新しいリリースです                     | true
          リリース      | リリースノート                        | true
          Parley      | 新しいParleyです                     | true
          Parl        | 新しいParleyです                     | false
          发布         | 今天发布新版本                        | true
          배포         | 배포를 시작합니다                      | true
          포를         | 배포를 시작합니다                      | false
          กรุงเทพ      | ไปกรุงเทพกัน                        | true
          🚀          | go 🚀now                          | true
          """)
  void keywordsShouldBeFoundAsWholeWordsInAnyScript(String keyword, String text, boolean found) {
    assertThat(keywords(keyword).matches(text)).isEqualTo(found);
  }

  @Test
  void blanksOfAnyKindShouldBeOne() {
    assertThat(keywords("release day").matches("release\n\u3000\u00A0day")).isTrue();
    assertThat(keywords("\u3000release\tday ").matches("release day")).isTrue();
  }

  @Test
  void invisibleCharactersShouldNotHideAWord() {
    assertThat(keywords("release").matches("re\u00ADlea\u200Bse")).isTrue();
    assertThat(keywords("é").matches("e\u0301")).isTrue();
    assertThat(keywords("e").matches("e\u0301")).isFalse();
    assertThat(keywords("e").matches("e\u0327\u0301 e")).isTrue();
  }

  @Test
  void anyOfSeveralShouldDo() {
    Keywords keywords = keywords("alpha", "release day", "東京");

    assertThat(keywords.matches("it is release day")).isTrue();
    assertThat(keywords.matches("東京")).isTrue();
    assertThat(keywords.matches("betaalpha")).isFalse();
  }

  @Test
  void aTextShouldBeLookedThroughForManyUsers() {
    Keywords.Candidates text = new Keywords.Candidates("The release is out");

    assertThat(keywords("release").matches(text)).isTrue();
    assertThat(keywords("out").matches(text)).isTrue();
    assertThat(keywords("rel").matches(text)).isFalse();
    assertThat(Keywords.NONE.matches(text)).isFalse();
  }

  @Test
  void nothingShouldMatchNothing() {
    assertThat(Keywords.NONE.matches("anything")).isFalse();
    assertThat(keywords("a").matches("")).isFalse();
    assertThat(keywords("a").matches(" \n")).isFalse();
    assertThat(keywords("a").matches("\ud800")).isFalse();
  }

  @Test
  void aWordAtEachPlaceOfALongTextShouldBeFound() {
    List<String> words = IntStream.range(0, 200).mapToObj(i -> "w" + i).toList();
    String text = String.join(" ", words);

    for (String word : words) {
      assertThat(keywords(word).matches(text)).as(word).isTrue();
    }
    assertThat(keywords("w200").matches(text)).isFalse();
  }

  @Test
  void hashesShouldTellNothingAndDependOnTheSecret() {
    byte[] hashes = Keywords.hashes(KEY, List.of(new KeywordText("release")));

    assertThat(new String(hashes, StandardCharsets.ISO_8859_1)).doesNotContain("release");
    assertThat(Keywords.of(KEY, hashes).matches("release")).isTrue();
    KeywordKey another = key("b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlci0xMjM0");
    assertThat(Keywords.of(another, hashes).matches("release")).isFalse();
  }

  @Test
  void whatIsTheSameKeywordShouldBeFoldedTheSame() {
    assertThat(new KeywordText(" Ｒｅｌｅａｓｅ\u3000 Day ").folded()).isEqualTo("release day");
  }

  private static Keywords keywords(String... words) {
    return Keywords.of(KEY, Keywords.hashes(KEY, Stream.of(words).map(KeywordText::new).toList()));
  }

  private static KeywordKey key(String secret) {
    return new KeywordKey(new AccessProperties(secret, List.of(), null, List.of()));
  }
}

package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.notification.decision.Decision.Patience;
import io.parley.notification.settings.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The rules one by one, and what must hold in all situations that there are. */
class DecisionTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Patience PATIENCE =
      new Patience(Duration.ofDays(1), Duration.ofSeconds(60), Duration.ofSeconds(10));

  // --- one by one -------------------------------------------------------------------------------

  @Test
  void aMessageShouldRing() {
    assertThat(reason(it -> {})).isEqualTo(Reason.MESSAGE);
  }

  @Test
  void whatIsNotThereOrReadShouldNotRing() {
    assertThat(reason(it -> it.gone = true)).isEqualTo(Reason.DELETED);
    assertThat(reason(it -> it.expired = true)).isEqualTo(Reason.EXPIRED);
    assertThat(reason(it -> it.sees = false)).isEqualTo(Reason.NOT_VISIBLE);
    assertThat(reason(it -> it.read = true)).isEqualTo(Reason.READ);
    assertThat(reason(it -> it.blocked = true)).isEqualTo(Reason.BLOCKED);
    assertThat(reason(it -> it.age = Duration.ofDays(1).plusMillis(1))).isEqualTo(Reason.TOO_OLD);
    assertThat(reason(it -> it.age = Duration.ofDays(1))).isEqualTo(Reason.MESSAGE);
  }

  @Test
  void aMuteShouldHoldForMentionsAndWhatIsAlwaysPushed() {
    assertThat(
            reason(
                it -> {
                  it.muted = true;
                  it.mentioned = true;
                  it.alwaysPush = true;
                }))
        .isEqualTo(Reason.MUTED);
  }

  @Test
  void theLevelNoneShouldHoldForMentions() {
    assertThat(
            reason(
                it -> {
                  it.level = Level.NONE;
                  it.mentioned = true;
                }))
        .isEqualTo(Reason.LEVEL_NONE);
  }

  @Test
  void theLevelMentionsShouldLetThroughWhatIsPersonal() {
    Consumer<Bits> mentionsOnly = it -> it.level = Level.MENTIONS;
    assertThat(reason(mentionsOnly)).isEqualTo(Reason.MENTIONS_ONLY);
    assertThat(reason(mentionsOnly.andThen(it -> it.alwaysPush = true)))
        .isEqualTo(Reason.MENTIONS_ONLY);
    assertThat(reason(mentionsOnly.andThen(it -> it.mentioned = true))).isEqualTo(Reason.MENTION);
    assertThat(reason(mentionsOnly.andThen(it -> it.everyone = true))).isEqualTo(Reason.MENTION);
    assertThat(reason(mentionsOnly.andThen(it -> it.keyword = true))).isEqualTo(Reason.KEYWORD);
    assertThat(reason(mentionsOnly.andThen(it -> it.followsThread = true)))
        .isEqualTo(Reason.THREAD);
  }

  @Test
  void aLargeGroupShouldRingForWhatIsPersonal() {
    assertThat(reason(it -> it.largeGroup = true)).isEqualTo(Reason.LARGE_GROUP);
    assertThat(
            reason(
                it -> {
                  it.largeGroup = true;
                  it.keyword = true;
                }))
        .isEqualTo(Reason.KEYWORD);
  }

  @Test
  void quietHoursShouldHoldForWhatIsAlwaysPushed() {
    assertThat(
            reason(
                it -> {
                  it.quiet = true;
                  it.alwaysPush = true;
                }))
        .isEqualTo(Reason.QUIET_HOURS);
  }

  @Test
  void doNotDisturbShouldNotHoldForWhatIsAlwaysPushed() {
    assertThat(reason(it -> it.doNotDisturb = true)).isEqualTo(Reason.DO_NOT_DISTURB);
    assertThat(
            reason(
                it -> {
                  it.doNotDisturb = true;
                  it.alwaysPush = true;
                }))
        .isEqualTo(Reason.ALWAYS_PUSH);
  }

  @Test
  void aClientInTheForegroundShouldHoldItUpForAWhile() {
    Decision held = decide(it -> it.foreground = true);
    assertThat(held.reason()).isEqualTo(Reason.FOREGROUND);
    assertThat(held.again()).isEqualTo(NOW.plusSeconds(10));

    Decision lastTime =
        decide(
            it -> {
              it.foreground = true;
              it.age = Duration.ofSeconds(55);
            });
    assertThat(lastTime.again()).isEqualTo(NOW.plusSeconds(5));

    assertThat(
            reason(
                it -> {
                  it.foreground = true;
                  it.age = Duration.ofSeconds(60);
                }))
        .isEqualTo(Reason.MESSAGE);
    assertThat(
            reason(
                it -> {
                  it.foreground = true;
                  it.alwaysPush = true;
                }))
        .isEqualTo(Reason.ALWAYS_PUSH);
  }

  @Test
  void whoHasNoDeviceShouldNotBeWaitedFor() {
    assertThat(
            reason(
                it -> {
                  it.reachable = false;
                  it.foreground = true;
                }))
        .isEqualTo(Reason.NO_DEVICE);
  }

  // --- all --------------------------------------------------------------------------------------

  @Test
  void nothingShouldRingThatAnyRuleForbids() {
    everywhere(
        it -> {
          if (verdict(it) == Verdict.RING) {
            assertThat(
                    it.gone
                        || it.expired
                        || !it.sees
                        || it.read
                        || it.blocked
                        || it.muted
                        || it.quiet
                        || !it.reachable
                        || it.level == Level.NONE
                        || it.age.compareTo(PATIENCE.tooOld()) > 0)
                .as(it.toString())
                .isFalse();
          }
        });
  }

  @Test
  void allThatNothingForbidsShouldRing() {
    everywhere(
        it -> {
          boolean personal = it.mentioned || it.everyone || it.keyword || it.followsThread;
          boolean there = !it.gone && !it.expired && it.sees && !it.read && !it.blocked;
          boolean wanted =
              !it.muted
                  && (personal || !it.largeGroup)
                  && (it.level == Level.ALL || (it.level == Level.MENTIONS && personal));
          boolean atThisTime = !it.quiet && (it.alwaysPush || (!it.doNotDisturb && !it.foreground));
          if (there && wanted && atThisTime && it.reachable && it.age.toDays() < 1) {
            assertThat(verdict(it)).as(it.toString()).isEqualTo(Verdict.RING);
          }
        });
  }

  @Test
  void whatIsPutOffShouldRingAsSoonAsNobodyLooks() {
    everywhere(
        it -> {
          Decision decision = Decision.of(it.situation(), NOW, PATIENCE);
          if (decision.verdict() == Verdict.LATER) {
            assertThat(it.foreground).isTrue();
            assertThat(decision.again()).isAfter(NOW).isBeforeOrEqualTo(NOW.plusSeconds(10));
            it.foreground = false;
            assertThat(verdict(it)).as(it.toString()).isEqualTo(Verdict.RING);
          } else {
            assertThat(decision.again()).isNull();
          }
        });
  }

  @Test
  void whatMakesItMorePersonalOrUrgentShouldNeverSilenceIt() {
    List<Consumer<Bits>> more =
        List.of(
            it -> it.mentioned = true,
            it -> it.everyone = true,
            it -> it.keyword = true,
            it -> it.followsThread = true,
            it -> it.alwaysPush = true);
    everywhere(
        it -> {
          if (verdict(it) == Verdict.RING) {
            for (Consumer<Bits> one : more) {
              Bits changed = it.copy();
              one.accept(changed);
              assertThat(verdict(changed)).as(changed.toString()).isEqualTo(Verdict.RING);
            }
          }
        });
  }

  @Test
  void whoCanNotSeeAMessageShouldLearnNothingOfIt() {
    everywhere(
        it -> {
          if (!it.sees) {
            assertThat(reason(it))
                .as(it.toString())
                .isIn(Reason.DELETED, Reason.EXPIRED, Reason.NOT_VISIBLE);
          }
        });
  }

  @Test
  void everyReasonThatARuleHasShouldComeUp() {
    Set<Reason> seen = EnumSet.noneOf(Reason.class);
    everywhere(it -> seen.add(reason(it)));

    Set<Reason> ofRules = EnumSet.allOf(Reason.class);
    ofRules.removeAll(Set.of(Reason.HOLD, Reason.FACTS_AWAY, Reason.FAILED));
    assertThat(seen).isEqualTo(ofRules);
  }

  // --- situations -------------------------------------------------------------------------------

  private static Reason reason(Consumer<Bits> change) {
    return decide(change).reason();
  }

  private static Decision decide(Consumer<Bits> change) {
    Bits usual = new Bits();
    usual.sees = true;
    usual.reachable = true;
    usual.age = Duration.ofSeconds(3);
    change.accept(usual);
    return Decision.of(usual.situation(), NOW, PATIENCE);
  }

  private static Reason reason(Bits it) {
    return Decision.of(it.situation(), NOW, PATIENCE).reason();
  }

  private static Verdict verdict(Bits it) {
    return reason(it).verdict();
  }

  /** Each combination of all conditions, at some ages of the message. */
  private static void everywhere(Consumer<Bits> check) {
    for (Duration age :
        List.of(Duration.ofSeconds(3), Duration.ofSeconds(57), Duration.ofDays(2))) {
      for (Level level : Level.values()) {
        for (int bits = 0; bits < 1 << Bits.COUNT; bits++) {
          Bits it = Bits.of(bits);
          it.age = age;
          it.level = level;
          check.accept(it);
        }
      }
    }
  }

  /** A situation that can be changed. */
  private static final class Bits {

    static final int COUNT = 16;

    private boolean gone;
    private boolean expired;
    private boolean sees;
    private boolean read;
    private boolean blocked;
    private boolean muted;
    private boolean mentioned;
    private boolean everyone;
    private boolean keyword;
    private boolean followsThread;
    private boolean largeGroup;
    private boolean quiet;
    private boolean doNotDisturb;
    private boolean alwaysPush;
    private boolean foreground;
    private boolean reachable;
    private Level level = Level.ALL;
    private Duration age = Duration.ZERO;

    static Bits of(int bits) {
      Bits it = new Bits();
      int bit = 1;
      it.gone = (bits & bit) != 0;
      it.expired = (bits & (bit <<= 1)) != 0;
      it.sees = (bits & (bit <<= 1)) != 0;
      it.read = (bits & (bit <<= 1)) != 0;
      it.blocked = (bits & (bit <<= 1)) != 0;
      it.muted = (bits & (bit <<= 1)) != 0;
      it.mentioned = (bits & (bit <<= 1)) != 0;
      it.everyone = (bits & (bit <<= 1)) != 0;
      it.keyword = (bits & (bit <<= 1)) != 0;
      it.followsThread = (bits & (bit <<= 1)) != 0;
      it.largeGroup = (bits & (bit <<= 1)) != 0;
      it.quiet = (bits & (bit <<= 1)) != 0;
      it.doNotDisturb = (bits & (bit <<= 1)) != 0;
      it.alwaysPush = (bits & (bit <<= 1)) != 0;
      it.foreground = (bits & (bit <<= 1)) != 0;
      it.reachable = (bits & (bit << 1)) != 0;
      return it;
    }

    Bits copy() {
      Bits copy = new Bits();
      copy.gone = gone;
      copy.expired = expired;
      copy.sees = sees;
      copy.read = read;
      copy.blocked = blocked;
      copy.muted = muted;
      copy.mentioned = mentioned;
      copy.everyone = everyone;
      copy.keyword = keyword;
      copy.followsThread = followsThread;
      copy.largeGroup = largeGroup;
      copy.quiet = quiet;
      copy.doNotDisturb = doNotDisturb;
      copy.alwaysPush = alwaysPush;
      copy.foreground = foreground;
      copy.reachable = reachable;
      copy.level = level;
      copy.age = age;
      return copy;
    }

    Situation situation() {
      return new Situation(
          false,
          NOW.minus(age),
          gone,
          expired,
          sees,
          read,
          blocked,
          muted,
          mentioned,
          everyone,
          keyword,
          followsThread,
          level,
          largeGroup,
          quiet,
          doNotDisturb,
          alwaysPush,
          foreground,
          reachable);
    }

    @Override
    public String toString() {
      return situation().toString();
    }
  }
}

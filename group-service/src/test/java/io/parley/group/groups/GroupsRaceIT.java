package io.parley.group.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Calls that meet in PostgreSQL, in transactions that really are parallel. */
class GroupsRaceIT extends GroupServiceIT {

  private static final int CALLS = 12;

  private final String ann = USERS.newUser();

  @Test
  void addsAtOnceShouldAllSucceedWithAVersionEach() throws Exception {
    String group = group(ann);

    List<Api.Answer> answers = atOnce(i -> as(ann).post(members(group), user(USERS.newUser())));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
    assertThat(answers.stream().map(answer -> answer.json().get("version").asLong()))
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(2, CALLS + 1).boxed().toList());
    assertThat(as(ann).get(GROUPS + "/" + group).json().get("members")).hasSize(CALLS + 1);
  }

  @Test
  void oneUserAddedManyTimesAtOnceShouldBeAddedOnce() throws Exception {
    String group = group(ann);
    String bob = USERS.newUser();

    List<Api.Answer> answers = atOnce(i -> as(ann).post(members(group), user(bob)));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
    assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(CALLS - 1);
    assertThat(as(ann).get(GROUPS + "/" + group).json().get("version").asInt()).isEqualTo(2);
  }

  @Test
  void ownersLeavingAtOnceShouldLeaveOneBehind() throws Exception {
    String bob = USERS.newUser();
    String group = group(ann, bob);
    setRole(group, bob, "OWNER");
    List<String> owners = List.of(ann, bob);

    List<Api.Answer> answers =
        atOnce(i -> as(owners.get(i % 2)).delete(members(group) + "/" + owners.get(i % 2)));

    assertThat(answers).filteredOn(answer -> answer.status() == 204).hasSize(1);
    assertThat(
            database
                .sql("SELECT count(*) FROM members WHERE group_id = ?::uuid AND role = 'OWNER'")
                .param(group)
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void creationsWithOneKeyAtOnceShouldMakeOneGroup() throws Exception {
    List<Api.Answer> answers = atOnce(i -> as(ann).post(GROUPS, Map.of("name", "Once"), "key-1"));

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(201));
    assertThat(answers.stream().map(Api.Answer::text).distinct()).hasSize(1);
    assertThat(as(ann).get(GROUPS).json().get("items")).hasSize(1);
  }

  /** All answers to calls that start together. */
  private static List<Api.Answer> atOnce(IntFunction<Api.Answer> call) throws Exception {
    CyclicBarrier start = new CyclicBarrier(CALLS);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Api.Answer>> tasks = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        int number = i;
        tasks.add(
            () -> {
              start.await();
              return call.apply(number);
            });
      }
      List<Api.Answer> answers = new ArrayList<>();
      for (Future<Api.Answer> future : threads.invokeAll(tasks)) {
        answers.add(future.get());
      }
      return answers;
    }
  }
}

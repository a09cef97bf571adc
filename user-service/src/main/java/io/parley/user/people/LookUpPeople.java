package io.parley.user.people;

import io.parley.common.ids.UserId;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What another service asks: which of these exist?
 *
 * @param viewer asks as well whether a block keeps them from this user
 */
record LookUpPeople(
    @NotNull @Size(max = 1000) List<@NotNull UserId> ids, @Nullable UserId viewer) {}

package io.parley.user.people;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * What another service asks: who has these usernames?
 *
 * @param usernames in lower case, as they are kept
 */
record NamedPeople(@NotNull @Size(max = 500) List<@NotNull @Size(max = 32) String> usernames) {}

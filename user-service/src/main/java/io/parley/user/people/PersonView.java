package io.parley.user.people;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one user may see of another. To somebody who is blocked, only id, username and display name
 * are shown.
 *
 * @param bio absent when there is none, or it is not for the one who looks; so is the avatar
 * @param avatar the tag of the picture: another one means another picture
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PersonView(
    UserId id,
    String username,
    String displayName,
    @Nullable Instant createdAt,
    @Nullable String bio,
    @Nullable String avatar) {

  static PersonView of(Person person) {
    boolean open = !person.blocksViewer();
    return new PersonView(
        person.id(),
        person.username(),
        person.displayName(),
        open ? person.createdAt() : null,
        person.showsProfile() ? person.bio() : null,
        person.showsProfile() ? person.avatar() : null);
  }
}

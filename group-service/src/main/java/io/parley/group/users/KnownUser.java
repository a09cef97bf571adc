package io.parley.group.users;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;

/**
 * A user as user-service knows it.
 *
 * @param blocked whether one of this user and the one that was asked for has blocked the other
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KnownUser(UserId id, String username, String displayName, boolean blocked) {}

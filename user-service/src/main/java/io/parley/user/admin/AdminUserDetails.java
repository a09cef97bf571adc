package io.parley.user.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.parley.user.session.SessionView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One account with its sessions.
 *
 * @param sessions for admins only, absent otherwise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AdminUserDetails(@JsonUnwrapped AdminUserView user, @Nullable List<SessionView> sessions) {}

package io.parley.user.credential;

import io.parley.common.access.Caller;
import io.parley.user.slowdown.LoginLimits;

/**
 * The password was right, when it was looked at. Whether that still counts, {@link
 * Confirmations#hold(Confirmation)} says.
 *
 * @param attempt to be told once all that is asked for was right
 */
public record Confirmation(Caller caller, Credentials.Proof proof, LoginLimits.Attempt attempt) {}

package io.parley.user.bot;

import io.parley.common.ids.UserId;
import io.parley.user.account.Account;
import java.time.Instant;

/** A bot, as its owner sees it. */
record BotView(UserId id, String username, String displayName, Instant createdAt, boolean locked) {

  static BotView of(Account bot) {
    return new BotView(
        bot.id(), bot.username(), bot.displayName(), bot.createdAt(), bot.isLocked());
  }
}

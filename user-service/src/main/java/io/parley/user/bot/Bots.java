package io.parley.user.bot;

import io.parley.common.access.Caller;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.Confirmation;
import io.parley.user.erasure.AuthoredMessages;
import io.parley.user.erasure.Erasures;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.personaltoken.CreateToken;
import io.parley.user.personaltoken.PersonalAccessTokens;
import io.parley.user.personaltoken.TokenId;
import io.parley.user.personaltoken.TokenView;
import io.parley.user.secondfactor.SecondFactors;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Bots: made, given tokens and deleted by their owners. Nobody logs in as one. */
@Service
class Bots {

  private final Accounts accounts;
  private final PersonalAccessTokens tokens;
  private final SecondFactors secondFactors;
  private final Erasures erasures;
  private final Notices notices;
  private final Audit audit;
  private final BotProperties properties;
  private final TransactionTemplate transaction;

  Bots(
      Accounts accounts,
      PersonalAccessTokens tokens,
      SecondFactors secondFactors,
      Erasures erasures,
      Notices notices,
      Audit audit,
      BotProperties properties,
      TransactionTemplate transaction) {
    this.accounts = accounts;
    this.tokens = tokens;
    this.secondFactors = secondFactors;
    this.erasures = erasures;
    this.notices = notices;
    this.audit = audit;
    this.properties = properties;
    this.transaction = transaction;
  }

  /**
   * @throws ProblemException 409 {@code username-taken}, {@code too-many-bots}
   */
  @Transactional
  Account create(Caller caller, CreateBot command) {
    // Held, so that two at once do not both find room.
    Account owner = accounts.hold(caller.id());
    if (accounts.botsOf(caller.id()).size() >= properties.maxPerOwner()) {
      throw new ProblemException(
          BotProblem.TOO_MANY_BOTS, null, Map.of("maxBots", properties.maxPerOwner()));
    }
    Account bot = accounts.createBot(caller.id(), command.username(), command.displayName());
    audit.record(caller.id(), "bot.created", "user", bot.id().toString(), Map.of());
    notices.tell(owner, Notice.BOT_CREATED, Client.current(), Map.of("name", bot.username()));
    return bot;
  }

  List<Account> list(Caller caller) {
    return accounts.botsOf(caller.id());
  }

  /**
   * With its tokens.
   *
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional
  void delete(Caller caller, UserId bot) {
    requireOwn(caller, bot);
    // Other services hold something of it too.
    erasures.begin(caller.id(), bot, AuthoredMessages.KEEP_ANONYMOUS);
    audit.record(caller.id(), "bot.deleted", "user", bot.toString(), Map.of());
  }

  /** As {@link PersonalAccessTokens#create}. */
  TokenView createToken(Caller caller, UserId bot, CreateToken command) {
    // Others' bots cost no try at the password, and nobody's code.
    requireOwn(caller, bot);
    Confirmation confirmation = secondFactors.require(caller, command.password(), command.code());
    return transaction.execute(
        status -> {
          requireOwn(caller, bot);
          return tokens.create(confirmation, bot, command);
        });
  }

  @Transactional(readOnly = true)
  List<TokenView> tokens(Caller caller, UserId bot) {
    requireOwn(caller, bot);
    return tokens.list(bot);
  }

  @Transactional
  void revokeToken(Caller caller, UserId bot, TokenId token) {
    requireOwn(caller, bot);
    tokens.revoke(caller.id(), bot, token);
  }

  /** Others' bots are users like any other: here they do not exist. */
  private void requireOwn(Caller caller, UserId bot) {
    boolean own =
        accounts.find(bot).filter(account -> caller.id().equals(account.owner())).isPresent();
    if (!own) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No such bot");
    }
  }
}

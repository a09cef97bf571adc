package io.parley.user.slowdown;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many failures are let through, each written {@code 5/1m}, shortest time first: a burst is
 * slowed to one try every few seconds, one that goes on to one every half an hour, and none is ever
 * locked out.
 *
 * @param perDevice of one device that has logged in before
 * @param perAddress of all other devices of one address, for one account
 * @param perLogin of all other devices, for one account
 * @param perClient of these, of one address for all accounts: an IPv4 address, or a /64
 * @param perSite the same of a /56
 * @param perProvider the same of a /48
 * @param perConfirmation of one session that is asked for the password again
 * @param mails that one account can be made to be sent
 * @param unproven of these, to an address that was not verified in time or that mails come back
 *     from
 * @param deviceLife how long a device is known after its last login
 */
@ConfigurationProperties("parley.login")
record SlowDownProperties(
    @DefaultValue({"10/1m", "30/1h", "100/1d"}) List<String> perDevice,
    @DefaultValue({"5/1m", "10/15m", "20/1h", "50/1d"}) List<String> perAddress,
    @DefaultValue({"20/1m", "60/1h", "200/1d"}) List<String> perLogin,
    @DefaultValue({"100/5m", "500/1d"}) List<String> perClient,
    @DefaultValue({"200/5m", "1000/1d"}) List<String> perSite,
    @DefaultValue({"400/5m", "2000/1d"}) List<String> perProvider,
    @DefaultValue({"5/1m", "20/1h", "50/1d"}) List<String> perConfirmation,
    @DefaultValue({"2/1m", "5/1h", "20/1d"}) List<String> mails,
    @DefaultValue({"1/1h", "3/1d"}) List<String> unproven,
    @DefaultValue("400d") Duration deviceLife) {}

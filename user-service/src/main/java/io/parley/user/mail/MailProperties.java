package io.parley.user.mail;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * @param publicUrl where people reach this installation; what links in mails begin with
 */
@ConfigurationProperties("parley")
record MailProperties(URI publicUrl) {}

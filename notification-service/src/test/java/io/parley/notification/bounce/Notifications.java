package io.parley.notification.bounce;

import java.nio.charset.StandardCharsets;

/** Delivery status notifications (RFC 3464) as mail servers write them. */
final class Notifications {

  private Notifications() {}

  /** As of Postfix: with the mail itself. */
  static byte[] returning(String to, String action, String status, String messageId) {
    return report(
        "To: " + to,
        """
        Reporting-MTA: dns; mx.example
        X-Postfix-Queue-ID: 4bXyZ
        Arrival-Date: Sat, 28 Nov 2026 10:00:00 +0000 (UTC)

        Final-Recipient: rfc822; gone@example.org
        Original-Recipient: rfc822;gone@example.org
        Action: %s
        Status: %s
        Remote-MTA: dns; mail.example.org
        Diagnostic-Code: smtp; 550 %s <gone@example.org>: Recipient address rejected
        """
            .formatted(action, status, status),
        """
        --x
        Content-Description: Undelivered Message
        Content-Type: message/rfc822

        Return-Path: <noreply@chat.example>
        From: Chat <noreply@chat.example>
        To: gone@example.org
        Message-ID: %s
        Subject: Confirm your email address

        Hello!
        """
            .formatted(messageId));
  }

  /** With the mail's head only. */
  static byte[] returningHeaders(String status, String messageId) {
    return report(
        "To: noreply@chat.example",
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; gone@example.org\nAction:"
            + " failed\nStatus: "
            + status
            + "\n",
        "--x\nContent-Type: text/rfc822-headers\n\nFrom: noreply@chat.example\nMessage-Id: "
            + messageId
            + "\nSubject: Hello\n");
  }

  /** Without anything of the mail: it is known by a header of the notification. */
  static byte[] returningNothing(String header, String action, String status) {
    return report(
        header,
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: RFC822; gone@example.org\nAction: "
            + action
            + "\nStatus: "
            + status
            + "\n",
        "");
  }

  private static byte[] report(String header, String status, String returned) {
    return ("""
        Return-Path: <>
        From: MAILER-DAEMON@mx.example (Mail Delivery System)
        %s
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="x"

        This is a MIME-encapsulated message.

        --x
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --x
        Content-Type: message/delivery-status

        %s
        %s
        --x--
        """)
        .formatted(header, status, returned)
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}

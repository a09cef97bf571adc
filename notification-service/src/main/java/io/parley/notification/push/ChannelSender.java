package io.parley.notification.push;

import io.parley.notification.device.Channel;

/** The way to the devices of one channel. */
public interface ChannelSender extends PushSender {

  Channel channel();
}

package io.vertebra.session;

/** Tells of sessions whose time was over, for as long as it runs. */
interface ExpiryJob {

  void start();

  void stop();
}

package io.parley.user.secondfactor;

/**
 * @param recoveryCodesLeft that were not used yet
 */
record TotpState(boolean enabled, int recoveryCodesLeft) {}

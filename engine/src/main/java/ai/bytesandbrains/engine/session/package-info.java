/// Who is on the other side: strangers are asked to echo a nonce before anything is done for them,
/// and of peers that have done so incarnation and sequence are checked.
///
/// ```
///   A                                   B
///   HELLO(nonce)            ----->      remembers nothing
///                           <-----      CHALLENGE(nonce, cookie), no longer than the HELLO
///   has a session with B
///   ECHO(cookie)            ----->      has a session with A
///   whatever it wanted to   ----->
/// ```
///
/// - [Handshake][ai.bytesandbrains.engine.session.Handshake]: the protocol, both sides of it
/// - [SessionOutbox][ai.bytesandbrains.engine.session.SessionOutbox]: lets a protocol send only
///   where there is a session
/// - [FrameGuard][ai.bytesandbrains.engine.session.FrameGuard]: what the inbound edge asks
/// - [Hmac][ai.bytesandbrains.engine.session.Hmac]: keyed hashes, without allocation
package ai.bytesandbrains.engine.session;

/** The keys that libzmq's manual shows, as in libzmq.c: which they are makes no difference. */
const SERVER = {
  publicKey: "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
  secretKey: "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
};
const CLIENT = {
  publicKey: "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
  secretKey: "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
};

/** Options of who binds, where the parameter `curve` is given; none otherwise. */
export function serverKeys(curve) {
  return curve === undefined ? {} : { curveServer: true, curveSecretKey: SERVER.secretKey };
}

/** Likewise of who connects. */
export function clientKeys(curve) {
  if (curve === undefined) return {};
  return {
    curveServerKey: SERVER.publicKey,
    curvePublicKey: CLIENT.publicKey,
    curveSecretKey: CLIENT.secretKey,
  };
}

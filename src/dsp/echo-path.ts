/**
 * Is what comes back only what was sent? Finds the way of an echo, its delay and its loss in each band, by comparing how
 * loud both directions are over time, and then says of each stretch whether the echo explains it. Pure.
 *
 * Both sides are written into slots of 10 ms on one clock. Levels, not samples, are compared: a codec, a jitter buffer and a
 * room change the samples beyond recognition and leave the levels. Until the way is known, a stretch that follows what was
 * sent counts as echo, unless the line has been silent to what was sent before; once it is known, only what is no louder than
 * the echo can be does.
 */
import { bandCount, bandHopMs, quietestBandDb } from './band-levels.js';

/** Longest way that is looked for: to the far end, its jitter buffer, the echo itself, and back. */
export const longestEchoMs = 1_000;

interface Likeness {
  readonly lag: number;
  readonly correlation: number;
  /** Frames that were compared. */
  readonly count: number;
}

const slots = 512;
const longestLag = longestEchoMs / bandHopMs;
/** The client may play sooner than it was taken to. */
const shortestLag = -5;
/** Over so long both sides are compared. */
const comparedSlots = 60;
/** One frame in so many is compared; frames overlap. */
const comparedStep = 2;
const leastComparedSlots = 6;
/** Where the way is known: of a hundred delays one resembles a few frames of anybody's speech. */
const leastComparedElsewhere = 15;
const firstSlots = 14;
/** A way that explains what is heard is looked for again in one stretch of so many. */
const searchEvery = 8;
/** Over so long it is asked whether everything sent came back. */
const coveredSlots = 150;
/** A line that has not echoed for so long a reply does not do so all at once. */
const returnMemorySlots = 200;
/** Levels below do not count: dB. */
const sentFloorDb = -62;
const heardFloorDb = -78;
/** A frame sent with this much above the floor ought to be heard as an echo. */
const activeDb = 18;
const audibleDb = 6;
const alikeFromCorrelation = 0.6;
const sameFromCorrelation = 0.75;
const leastCoverage = 0.6;
const leastActiveSlots = 6;
/** Votes for a delay before it is known, one per stretch; forgotten by this share with each. */
const knownFromVotes = 3;
const voteMemory = 0.97;
/** Levels of an echo lie this far around what its way predicts. */
const marginDb = 6;
const clearMarginDb = 12;
const smearSlots = 2;
/** A room goes on sounding, softer by so much with each slot: 60 dB in 200 ms. */
const tailSlots = 10;
const tailDecayDb = 3;
const lossMemory = 0.9;

export class EchoPath {
  readonly #sent = new Float32Array(slots * bandCount).fill(quietestBandDb);
  readonly #heard = new Float32Array(slots * bandCount).fill(quietestBandDb);
  readonly #votes = new Float32Array(longestLag - shortestLag + 1);
  /** By delay: the share of what was loud that something was heard of, and how much that was. */
  readonly #returned = new Float32Array(longestLag - shortestLag + 1);
  readonly #asked = new Float32Array(longestLag - shortestLag + 1);
  readonly #lossDb = new Float32Array(bandCount);
  #lag: number | null = null;
  #judged = 0;
  #sentUntil = -Infinity;
  #heardUntil = -Infinity;

  /** A frame of bandCount levels that the far end plays in that slot. */
  send(slot: number, levels: Float32Array): void {
    this.#sentUntil = fill(this.#sent, this.#sentUntil, slot);
    this.#sent.set(levels, indexOf(slot));
  }

  /** The far end stops: nothing is played from that slot on. Returns the frames that were to be. */
  unsend(fromSlot: number): readonly Float32Array[] {
    const taken: Float32Array[] = [];
    for (let slot = Math.max(fromSlot, this.#sentUntil - slots + 1); slot <= this.#sentUntil; slot += 1) {
      const frame = this.#sent.subarray(indexOf(slot), indexOf(slot) + bandCount);
      taken.push(frame.slice());
      frame.fill(quietestBandDb);
    }
    return taken;
  }

  /** A frame of bandCount levels that came back in that slot. */
  hear(slot: number, levels: Float32Array): void {
    this.#heardUntil = fill(this.#heard, this.#heardUntil, slot);
    this.#heard.set(levels, indexOf(slot));
    if (slot - this.#sentUntil > longestLag) return;
    const isHeard = isAudible(this.#heard, slot);
    for (let lag = shortestLag; lag <= longestLag; lag += 1) {
      if (!isActive(this.#sent, slot - lag)) continue;
      const at = lag - shortestLag;
      this.#returned[at]! +=
        ((isHeard ? 1 : 0) - this.#returned[at]!) / Math.min(returnMemorySlots, ++this.#asked[at]!);
    }
  }

  /** True when the echo of what was sent explains the last `slotCount` frames heard. */
  judge(slotCount: number): boolean {
    const end = this.#heardUntil;
    if (!Number.isFinite(end) || end - this.#sentUntil > longestLag) return false;
    this.#judged += 1;
    const isExplained = this.#lag !== null && this.#isExplained(end, slotCount, this.#lag);
    if (isExplained) this.#learnLoss(end, this.#lag!, lossMemory);
    if (isExplained && this.#judged % searchEvery !== 0) return true;
    // Also looks whether the way has changed.
    return this.#follows(end) || isExplained;
  }

  /** True when what was heard lately follows what was sent in a way that is not the known one. */
  #follows(end: number): boolean {
    const { likeliest, returning } = this.#alike(end);
    const isSame = likeliest !== null && likeliest.correlation >= sameFromCorrelation;
    const known = this.#lag;
    const isElsewhere = known !== null && likeliest !== null && Math.abs(likeliest.lag - known) > smearSlots;
    const isEnough = !isElsewhere || likeliest.count >= leastComparedElsewhere;
    const isWhole = isSame && isEnough && this.#coverage(end, likeliest.lag) >= leastCoverage;
    if (isWhole) this.#vote(likeliest.lag);
    if (known === null) return this.#isFirst() || (returning !== null && returning.correlation >= alikeFromCorrelation);
    // On the known way, what is louder than the echo is somebody else.
    return isWhole && isElsewhere;
  }

  /** True while what is heard may be the very first of an echo, too short to be compared. */
  #isFirst(): boolean {
    return this.#asked.some((count, at) => count > 0 && count <= firstSlots && this.#returned[at]! >= leastCoverage);
  }

  /** Of the echo; null while its way is not known. */
  get delayMs(): number | null {
    return this.#lag === null ? null : this.#lag * bandHopMs;
  }

  /** Where what was sent resembles most what was heard: at any delay, and at those from which the line has returned sound. */
  #alike(end: number): { readonly likeliest: Likeness | null; readonly returning: Likeness | null } {
    let likeliest: Likeness | null = null;
    let returning: Likeness | null = null;
    for (let lag = shortestLag; lag <= longestLag; lag += 1) {
      const likeness = { lag, ...this.#correlation(end, lag) };
      if (likeness.correlation > (likeliest?.correlation ?? 0)) likeliest = likeness;
      const isReturning = this.#returned[lag - shortestLag]! >= leastCoverage;
      if (isReturning && likeness.correlation > (returning?.correlation ?? 0)) returning = likeness;
    }
    return { likeliest, returning };
  }

  /**
   * Of both sides' levels around their means in each band, where something loud was sent: that one begins after the other
   * says nothing. 0 when there was too little.
   */
  #correlation(end: number, lag: number): Pick<Likeness, 'correlation' | 'count'> {
    const slots = [];
    for (let n = 0; n < comparedSlots; n += comparedStep) if (isActive(this.#sent, end - n - lag)) slots.push(end - n);
    const count = slots.length;
    if (count < leastComparedSlots) return { correlation: 0, count };
    let [dot, sentPower, heardPower] = [0, 0, 0];
    for (let band = 0; band < bandCount; band += 1) {
      let [sentSum, heardSum, both, sentSquares, heardSquares] = [0, 0, 0, 0, 0];
      for (const slot of slots) {
        const sent = Math.max(sentFloorDb, this.#sent[indexOf(slot - lag) + band]!) - sentFloorDb;
        const heard = Math.max(heardFloorDb, this.#heard[indexOf(slot) + band]!) - heardFloorDb;
        sentSum += sent;
        heardSum += heard;
        both += sent * heard;
        sentSquares += sent * sent;
        heardSquares += heard * heard;
      }
      dot += both - (sentSum * heardSum) / slots.length;
      sentPower += sentSquares - sentSum ** 2 / slots.length;
      heardPower += heardSquares - heardSum ** 2 / slots.length;
    }
    const correlation = sentPower > 0 && heardPower > 0 ? dot / Math.sqrt(sentPower * heardPower) : 0;
    return { correlation, count };
  }

  /** Share of what was sent loudly and would be back by now that was indeed heard. */
  #coverage(end: number, lag: number): number {
    let active = 0;
    let heard = 0;
    for (let n = 0; n < coveredSlots; n += 1) {
      if (!isActive(this.#sent, end - n - lag)) continue;
      active += 1;
      if (isAudible(this.#heard, end - n)) heard += 1;
    }
    return active === 0 ? 0 : heard / active;
  }

  #vote(lag: number): void {
    const { length } = this.#votes;
    for (let at = 0; at < length; at += 1) this.#votes[at]! *= voteMemory;
    for (let at = lag - 1; at <= lag + 1; at += 1)
      if (at >= shortestLag && at <= longestLag) this.#votes[at - shortestLag]! += at === lag ? 1 : 0.9;
    let best = 0;
    for (let at = 1; at < length; at += 1) if (this.#votes[at]! > this.#votes[best]!) best = at;
    if (this.#votes[best]! < knownFromVotes) return;
    const known = best + shortestLag;
    if (this.#lag === known) return;
    this.#lag = known;
    this.#learnLoss(this.#heardUntil, known, 0);
  }

  /** Mean difference of both sides where both are there, in each band; a band without any keeps what it had. */
  #learnLoss(end: number, lag: number, memory: number): void {
    for (let band = 0; band < bandCount; band += 1) {
      let sum = 0;
      let count = 0;
      for (let n = 0; n < comparedSlots; n += 1) {
        const sent = this.#sent[indexOf(end - n - lag) + band]!;
        const heard = this.#heard[indexOf(end - n) + band]!;
        if (sent < sentFloorDb + activeDb || heard < heardFloorDb + audibleDb) continue;
        sum += heard - sent;
        count += 1;
      }
      if (count < leastActiveSlots) continue;
      this.#lossDb[band] = memory * this.#lossDb[band]! + (1 - memory) * (sum / count);
    }
  }

  #isExplained(end: number, slotCount: number, lag: number): boolean {
    let unexplained = 0;
    for (let n = 0; n < slotCount; n += 1) if (this.#exceeds(end - n, lag)) unexplained += 1;
    return unexplained * 2 < slotCount;
  }

  /** True when several bands are louder than the echo can be. */
  #exceeds(slot: number, lag: number): boolean {
    const predicted = Float64Array.from({ length: bandCount }, (_, band) => this.#predicted(slot, lag, band));
    const loudestDb = Math.max(quietestBandDb, ...predicted);
    // What a codec adds to a loud frame lies in its quiet bands.
    const floorDb = Math.max(heardFloorDb + audibleDb, loudestDb - codecFloorDb);
    let louder = 0;
    for (let band = 0; band < bandCount; band += 1) {
      const excessDb = this.#heard[indexOf(slot) + band]! - Math.max(predicted[band]!, floorDb);
      if (excessDb > clearMarginDb) louder += 2;
      else if (excessDb > marginDb) louder += 1;
    }
    return louder >= leastLouder;
  }

  #predicted(slot: number, lag: number, band: number): number {
    let sent = quietestBandDb;
    for (let later = -smearSlots; later <= tailSlots; later += 1) {
      const fadedDb = Math.max(0, later - smearSlots) * tailDecayDb;
      sent = Math.max(sent, this.#sent[indexOf(slot - lag - later) + band]! - fadedDb);
    }
    return sent + this.#lossDb[band]!;
  }
}

const codecFloorDb = 30;
const leastLouder = 3;

function indexOf(slot: number): number {
  return (((slot % slots) + slots) % slots) * bandCount;
}

function isActive(sent: Float32Array, slot: number): boolean {
  return loudest(sent, slot) >= sentFloorDb + activeDb;
}

function isAudible(heard: Float32Array, slot: number): boolean {
  return loudest(heard, slot) >= heardFloorDb + audibleDb;
}

function loudest(levels: Float32Array, slot: number): number {
  let most = quietestBandDb;
  for (let band = 0; band < bandCount; band += 1) most = Math.max(most, levels[indexOf(slot) + band]!);
  return most;
}

/** Silence between the last frame written and the next; returns the slot that is now the last. */
function fill(levels: Float32Array, until: number, slot: number): number {
  for (let gap = Math.max(until + 1, slot - slots + 1); gap < slot; gap += 1)
    levels.fill(quietestBandDb, indexOf(gap), indexOf(gap) + bandCount);
  return Math.max(until, slot);
}

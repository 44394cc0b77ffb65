/**
 * The shapes of what the server sends, as the other modules name them.
 *
 * Times are seconds, for drawing only: a frame is named by its index, and the server knows its exact time.
 * Boxes are in pixels of the displayed picture.
 */

/** @typedef {[x: number, y: number, width: number, height: number]} Box */
/** @typedef {[first: number, last: number]} Range  frames, both ends in it */
/** @typedef {"cover" | "keep"} Action */
/** @typedef {"released" | "through" | "compare"} View */

/**
 * @typedef {object} FileLine  one line of the folder
 * @property {string} id
 * @property {string} name
 * @property {string} kind
 * @property {number} risk  0 to 1
 * @property {number} doubts
 * @property {number} tracks
 * @property {string} state
 * @property {number} width
 * @property {number} height
 * @property {number} frames
 */

/**
 * @typedef {object} Track
 * @property {string} id
 * @property {string} kind
 * @property {Action} action
 * @property {string} by
 * @property {string} why
 * @property {number | null} score
 * @property {number} start
 * @property {number} end
 * @property {number} first
 * @property {number} last
 * @property {Range[]} bridged
 * @property {Range[]} extended
 * @property {boolean} drawn
 * @property {number} keyframes
 * @property {string[]} crosses
 * @property {string | null} [style]  of its cover, where that is not how all others look
 * @property {boolean} [faceless]  a body that no face goes along with
 */

/**
 * @typedef {object} Silence
 * @property {string} id
 * @property {number} start
 * @property {number} end
 * @property {number | null} score
 * @property {Action} action
 * @property {string} by
 * @property {string} why
 */

/**
 * @typedef {object} Doubt
 * @property {string} id
 * @property {string | null} track
 * @property {string} [other]  the track that meets a kept one
 * @property {number} first
 * @property {number} last
 * @property {string} reason  a key of the strings
 * @property {string} text  the same in English
 * @property {number} risk
 * @property {number} [start]  seconds
 * @property {number} [end]
 * @property {{by: string, why: string} | null} [accepted]
 */

/**
 * @typedef {object} Plan  the document: a plan as the page needs it
 * @property {string} id
 * @property {string} name
 * @property {string} kind
 * @property {string | number} revision
 * @property {number} width
 * @property {number} height
 * @property {number} frames
 * @property {number} duration
 * @property {number} rate
 * @property {[number, number][]} unlooked
 * @property {number[]} cuts
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {{style: string, colour: string, padding: number, grid: number}} cover
 * @property {Track[]} tracks
 * @property {Silence[]} silences
 * @property {boolean} sound
 * @property {Doubt[]} doubts
 * @property {string[]} missing
 * @property {{what: string, why: string}[]} blind_spots
 * @property {Record<string, string>} statements
 * @property {{share: number, visited: string[]}} seen
 * @property {{by: string, on: string, stale: boolean} | null} review
 * @property {boolean} second_reviewer  whether two people have to sign
 * @property {{by: string, on: string, stale: boolean} | null} [second]  the second one's word
 * @property {{status: string, file: string} | null} released
 * @property {boolean} saved
 * @property {string | null} who
 * @property {string} [state]  as in the folder
 * @property {boolean} [audible]  whether there is sound to listen to in review, whatever becomes of it
 * @property {boolean} [silenced]  the whole sound goes, so that muting a part changes nothing
 */

/**
 * @typedef {object} Outline  where one track is in one frame
 * @property {string} track
 * @property {string} origin
 * @property {number | null} score
 * @property {Box} box
 * @property {[number, number][] | null} quad
 * @property {Box | null} cover  as it will be drawn: padded, on the codec's grid; null outside the picture
 * @property {Action} action
 */

/**
 * @typedef {object} Job
 * @property {"running" | "done" | "failed"} state
 * @property {string} step
 * @property {number} done
 * @property {number | null} total
 * @property {string} [error]
 * @property {string} [next_step]
 * @property {number} [frame]
 * @property {string} [track]  the one that the failure is about
 * @property {Plan} [document]
 * @property {{id: string, error: string, next_step?: string}[]} [failures]
 */

/** @typedef {{kept: string, other: string, first: number, last: number}} Crossing  where a kept track meets a covered one */
/** @typedef {{do: string} & Record<string, unknown>} Edit */

export {};

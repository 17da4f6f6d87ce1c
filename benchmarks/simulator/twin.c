/* The fast engine once more, in C: a counting wheel for campaigns with a table of lines, a list, wrap-ups and a constant
 * patience. It takes the same array of numbers `n` and the same keys, and must write the same counters and minutes.
 * The names of places (N_*, C_*, V_*) are defined on the command line of the compiler, from the engine's own modules.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t i64;
typedef uint64_t u64;

#define GOLDEN 0x9E3779B97F4A7C15ull
#define NEVER (1ll << 60)
#define SLOTS (1 << 16)
#define TURN (SLOTS - 1)
#define QUARTER (SLOTS / 4)
#define PIECE 512
#define WAITERS (1 << 16)
#define MOST 30000
#define AHEAD 32
#define SILENT 1ll
#define OFFER (1ll << 16)
#define CALL_END (1ll << 32)
#define AGENT_FREE (1ll << 48)

typedef struct { i64 first, end, due, delay; } queue_t;
typedef struct { i64 at, unit; } later_t;
typedef struct {
    const i64 *n;
    const u64 *keys;
    i64 *wheel;
    u64 *bits;
    later_t *later;
    i64 laters;
    i64 *arrived;
    u64 head, tail;
    i64 *pool, free_piece, pieces;
    queue_t queues[256];
    i64 bounds[64][4], fates[6], handles[AHEAD][2], foreseen[AHEAD], foreseen_from, foreseen_until;
    i64 earliest, earliest_due;
    i64 now, idle, busy, staffed, talking, ringing, waiting;
    i64 dials, answers, connected, abandoned, events, waited, handled, fresh;
    i64 busy_area, waiting_area, ringing_area, talking_area;
    i64 part_at, turn_at, minute_at, due_at;
} day_t;

static inline u64 draw(u64 key, i64 index) {
    u64 value = key + (u64)index * GOLDEN;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ull;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBull;
    return value ^ (value >> 31);
}

static inline i64 lasts(const i64 *n, i64 row, i64 half) {
    i64 step = half >> 20, part = (half & 0xFFFFF) << 8;
    if (step == 4095) {
        step += (half >> 8) & 0xFFF;
        part = (half & 0xFF) << 20;
    }
    const i64 *at = n + N_TIMES + row * 8192 + step;
    return at[0] + (((at[1] - at[0]) * part + 134217728) >> 28);
}

static inline i64 in_slots(i64 ticks) { return (u64)(ticks + 50) / 100; }
static inline i64 min(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 max(i64 a, i64 b) { return a > b ? a : b; }

static inline void put(day_t *d, i64 delay, i64 unit) {
    i64 at = d->now + max(delay, 1);
    if (delay < SLOTS - QUARTER) {
        i64 place = at & TURN;
        d->wheel[place] += unit;
        d->bits[place >> 6] |= 1ull << (place & 63);
    } else {
        d->later[d->laters++] = (later_t){at, unit};
    }
}

static inline i64 next_slot(const day_t *d, i64 end) {
    i64 at = d->now + 1, place = at & TURN, rest = 64 - (place & 63);
    u64 word = d->bits[place >> 6] >> (place & 63), following = d->bits[((place + rest) & TURN) >> 6];
    i64 skipped = word ? 0 : rest;
    word = word ? word : following;
    if (word) return min(at + skipped + __builtin_ctzll(word), end);
    for (at += rest + 64; at < end; at += 64) {
        word = d->bits[(at & TURN) >> 6];
        if (word) return min(at + __builtin_ctzll(word), end);
    }
    return end;
}

static void take_in(day_t *d) {
    i64 rows = d->laters;
    d->laters = 0;
    for (i64 row = 0; row < rows; row++) put(d, d->later[row].at - d->now, d->later[row].unit);
}

static void put_back(day_t *d, i64 queue, i64 contact) {
    queue_t *q = d->queues + queue;
    i64 place = q->end;
    if (!(place & (PIECE - 1))) {
        i64 piece = d->free_piece;
        d->free_piece = d->pool[piece * PIECE];
        if (place) d->pool[place - PIECE] = piece;
        place = piece * PIECE + 1;
    }
    if (q->due == NEVER) {
        q->due = d->now + q->delay;
        q->first = place;
        if (q->due < d->earliest_due || (q->due == d->earliest_due && queue < d->earliest)) {
            d->earliest_due = q->due;
            d->earliest = queue;
        }
    }
    d->pool[place] = (d->now + q->delay) << 32 | contact;
    q->end = place + 1;
}

static void find_earliest(day_t *d) {
    d->earliest_due = NEVER;
    for (i64 queue = 0; queue < d->n[N_QUEUES]; queue++)
        if (d->queues[queue].due < d->earliest_due) {
            d->earliest_due = d->queues[queue].due;
            d->earliest = queue;
        }
}

static i64 take(day_t *d, queue_t *q) {
    i64 place = q->first, contact = d->pool[place] & 0xFFFFFFFF;
    int ended = ++place == q->end;
    if (!(place & (PIECE - 1))) {
        i64 *old = d->pool + place - PIECE, following = *old;
        *old = d->free_piece;
        d->free_piece = (place >> 9) - 1;
        place = following * PIECE + 1;
        if (ended) q->end = 0;
    }
    q->first = place;
    q->due = ended ? NEVER : d->pool[place] >> 32;
    find_earliest(d);
    return contact;
}

static i64 next_contact(day_t *d) {
    const i64 *n = d->n;
    if (d->earliest_due <= d->now) return take(d, d->queues + d->earliest) + 1;
    if (d->fresh < n[N_RECORDS]) return (d->fresh++ << 6) + 1;
    d->due_at = d->earliest_due;
    return -1;
}

static inline i64 fate_of(const day_t *d, i64 contact) {
    const i64 *n = d->n, *bounds = d->bounds[contact & 63];
    u64 number = draw(d->keys[V_DIAL_KEY], contact);
    i64 outcome = number >> 32;
    i64 ending = (outcome >= bounds[0]) + (outcome >= bounds[1]) + (outcome >= bounds[2]) + (outcome >= bounds[3]);
    i64 rings = lasts(n, ending, number & 0xFFFFFFFF);
    if (rings > n[N_TIMEOUT]) {
        rings = n[N_TIMEOUT];
        ending = V_NOBODY;
    }
    return (max(in_slots(rings), 1) << 3) + ending;
}

static inline i64 foreseen(day_t *d, i64 record) {
    if (record >= d->foreseen_until) {
        for (i64 ahead = 0; ahead < AHEAD; ahead++) d->foreseen[ahead] = fate_of(d, ((record + ahead) << 6) + 1);
        d->foreseen_from = record;
        d->foreseen_until = record + AHEAD;
    }
    return d->foreseen[record - d->foreseen_from];
}

static inline void ring(day_t *d, i64 contact) {
    const i64 *n = d->n;
    i64 attempt = contact & 63, fate = attempt == 1 ? foreseen(d, contact >> 6) : fate_of(d, contact);
    i64 slots = fate >> 3, ending = fate & 7;
    put(d, slots, ending == V_PERSON ? OFFER : SILENT);
    i64 ended = d->now + slots < n[N_HORIZON];
    d->fates[ending] += ended;
    d->fates[5] += ended * slots;
    if (n[N_RECORDS] && ending != V_PERSON && attempt < n[N_MAX_ATTEMPTS])
        put_back(d, n[n[N_RETRY_AT] + ending * (n[N_MAX_ATTEMPTS] + 1) + attempt], contact);
}

static int pace(day_t *d) {
    const i64 *n = d->n, *table = n + n[N_TABLES_AT];
    i64 wanted = table[min(d->idle, n[N_LONGEST] - 1)] - d->ringing - d->waiting;
    if (wanted <= 0) return 0;
    wanted = min(wanted, n[N_CAP] - d->ringing - d->waiting - d->talking);
    if (d->ringing + d->waiting + wanted > MOST) return 1;
    for (; wanted > 0; wanted--) {
        i64 contact = n[N_RECORDS] ? next_contact(d) : (d->dials << 6) + 1;
        if (contact < 0) break;
        d->dials++;
        d->ringing++;
        ring(d, contact);
    }
    return 0;
}

static inline void draw_handles(day_t *d) {
    for (i64 ahead = 0; ahead < AHEAD; ahead++) {
        u64 handle = draw(d->keys[V_HANDLE_KEY], d->handled + ahead);
        i64 talk = max(in_slots(lasts(d->n, V_TALK, handle >> 32)), 1);
        d->handles[ahead][0] = talk;
        d->handles[ahead][1] = talk + in_slots(lasts(d->n, V_WRAP, handle & 0xFFFFFFFF));
    }
}

static inline void connect_people(day_t *d, i64 number) {
    d->idle -= number;
    d->busy += number;
    d->talking += number;
    d->connected += number;
    for (; number > 0; number--) {
        i64 ahead = d->handled & (AHEAD - 1), *handle = d->handles[ahead];
        if (!ahead) draw_handles(d);
        d->handled++;
        if (d->n[N_HAS_WRAP]) {
            put(d, handle[0], CALL_END);
            put(d, handle[1], AGENT_FREE);
        } else {
            put(d, handle[0], CALL_END + AGENT_FREE);
        }
    }
}

static inline void let_free(day_t *d, i64 agents) {
    d->busy -= agents;
    d->idle += agents;
    while (d->waiting && d->idle) {
        d->waited += d->now - d->arrived[d->head++ & (WAITERS - 1)];
        d->waiting--;
        connect_people(d, 1);
    }
}

static inline void expire(day_t *d) {
    i64 patience = d->n[N_PATIENCE];
    while (d->waiting && d->arrived[d->head & (WAITERS - 1)] + patience <= d->now) {
        d->waited += d->now - d->arrived[d->head++ & (WAITERS - 1)];
        d->waiting--;
        d->events++;
        d->abandoned++;
    }
}

static inline void offer(day_t *d, i64 people) {
    i64 served = min(people, d->idle);
    if (served) connect_people(d, served);
    for (people -= served; people > 0; people--) {
        if (!d->n[N_PATIENCE]) {
            d->abandoned++;
        } else {
            d->arrived[d->tail++ & (WAITERS - 1)] = d->now;
            d->waiting++;
        }
    }
}

static void in_order(day_t *d, i64 freed, i64 offered, int due) {
    int late = freed && (due || offered) && (draw(d->keys[V_SPACING_KEY], d->now) & 1);
    if (freed && !late) let_free(d, freed);
    if (due) expire(d);
    if (offered) offer(d, offered);
    if (late) let_free(d, freed);
}

static void new_part(day_t *d) {
    const i64 *n = d->n;
    i64 part = d->now / n[N_PART];
    i64 row = n[N_FACTORS_AT] + min(part, n[N_PARTS] - 1) * (n[N_MAX_ATTEMPTS] + 1);
    for (i64 attempt = 0; attempt <= n[N_MAX_ATTEMPTS]; attempt++) {
        i64 answer = min((n[N_ANSWER] * n[row + attempt]) >> 16, 1ll << 32);
        d->bounds[attempt][0] = answer;
        for (int place = 0; place < 3; place++)
            d->bounds[attempt][place + 1] =
                answer + (((n[N_SHARES + place] >> 1) * (((1ll << 32) - answer) >> 1)) >> 30);
    }
    d->foreseen_until = 0;
    d->part_at = part + 1 < n[N_PARTS] ? (part + 1) * n[N_PART] : NEVER;
}

static void write_minute(const day_t *d, i64 *row) {
    row[0] = d->dials, row[1] = d->answers, row[2] = d->connected, row[3] = d->abandoned;
    row[4] = d->busy_area * 100, row[5] = d->now * d->staffed * 100;
    row[6] = d->ringing_area * 100, row[7] = d->waiting_area * 100;
}

static int slot(day_t *d) {
    i64 place = d->now & TURN, counted = d->wheel[place], events = 0;
    int due = d->waiting && d->arrived[d->head & (WAITERS - 1)] + d->n[N_PATIENCE] <= d->now;
    if (d->now >= d->part_at) new_part(d);
    if (d->now >= d->turn_at) {
        take_in(d);
        d->turn_at += QUARTER;
    }
    if (d->now >= d->due_at) {
        d->due_at = NEVER;
        d->events++;
        events++;
    }
    if (!d->now) {
        d->idle = d->staffed = d->n[N_AGENTS];
        d->events++;
        events++;
    }
    d->wheel[place] = 0;
    d->bits[place >> 6] &= ~(1ull << (place & 63));
    i64 freed = counted >> 48, silent = counted & 0xFFFF, offered = (counted >> 16) & 0xFFFF;
    i64 ended = (counted >> 32) & 0xFFFF;
    d->ringing -= silent + offered;
    d->answers += offered;
    d->talking -= ended;
    d->events += silent + offered + ended + freed * d->n[N_HAS_WRAP];
    events += (counted > 0) + due;
    if (d->waiting || offered > d->idle) {
        in_order(d, freed, offered, due);
    } else {
        d->busy -= freed;
        d->idle += freed;
        connect_people(d, offered);
    }
    return events ? pace(d) : 0;
}

static void finish(const day_t *d, i64 *row, i64 *last) {
    row[C_DIALS] = d->dials, row[C_ANSWERS] = d->answers, row[C_CONNECTED] = d->connected;
    row[C_ABANDONED] = d->abandoned, row[C_EVENTS] = d->events, row[C_WAITED] = d->waited * 100;
    row[C_MACHINES] = d->fates[V_MACHINE], row[C_ENGAGED] = d->fates[V_ENGAGED];
    row[C_FAILURES] = d->fates[V_FAILURE], row[C_UNANSWERED] = d->fates[V_NOBODY], row[C_RANG] = d->fates[5] * 100;
    row[C_RINGING] = d->ringing, row[C_WAITING] = d->waiting, row[C_TALKING] = d->talking;
    row[C_BUSY] = d->busy, row[C_IDLE] = d->idle, row[C_STAFFED] = d->staffed;
    row[C_BUSY_AREA] = d->busy_area * 100, row[C_STAFFED_AREA] = d->now * d->staffed * 100;
    row[C_WAITING_AREA] = d->waiting_area * 100, row[C_RINGING_AREA] = d->ringing_area * 100;
    row[C_TALKING_AREA] = d->talking_area * 100;
    write_minute(d, last);
}

static int play(day_t *d, i64 *row, i64 *series, i64 minutes) {
    const i64 *n = d->n;
    int status = 0;
    while (!status) {
        i64 soon = min(min(d->part_at, d->turn_at), min(d->minute_at, d->due_at));
        if (d->waiting) soon = min(soon, d->arrived[d->head & (WAITERS - 1)] + n[N_PATIENCE]);
        if (!d->now && !d->staffed) soon = 0;
        soon = min(soon, n[N_HORIZON]);
        i64 now = soon > d->now ? next_slot(d, soon) : soon, passed = now - d->now;
        d->busy_area += passed * d->busy;
        if (d->waiting) d->waiting_area += passed * d->waiting;
        d->ringing_area += passed * d->ringing;
        d->talking_area += passed * d->talking;
        d->now = now;
        if (now >= n[N_HORIZON]) break;
        status = slot(d);
        if (now >= d->minute_at) {
            i64 minute = now / 6000 - 1;
            if (minute < minutes) write_minute(d, series + 8 * minute);
            d->minute_at += 6000;
        }
    }
    finish(d, row, series + 8 * (minutes - 1));
    return status;
}

int play_days(const i64 *n, const u64 *keys, i64 days, i64 *rows, i64 length, i64 *series, i64 minutes) {
    day_t *d = malloc(sizeof *d);
    i64 pieces = n[N_RECORDS] ? n[N_RECORDS] / (PIECE - 1) + 2 * n[N_QUEUES] + 2 : 1, *pool = malloc(8 * PIECE * pieces);
    i64 *wheel = calloc(SLOTS, 8), *arrived = malloc(8 * WAITERS);
    u64 *bits = calloc(SLOTS / 64, 8);
    later_t *later = malloc(sizeof(later_t) * (1 << 16));
    int status = 0;
    for (i64 day = 0; day < days && !status; day++) {
        memset(d, 0, sizeof *d);
        memset(wheel, 0, 8 * SLOTS);
        memset(bits, 0, SLOTS / 8);
        d->n = n, d->keys = keys + 7 * day, d->wheel = wheel, d->bits = bits, d->later = later;
        d->arrived = arrived, d->pool = pool, d->pieces = pieces;
        d->turn_at = QUARTER, d->minute_at = 6000, d->due_at = d->earliest_due = NEVER;
        for (i64 piece = 0; piece < pieces; piece++) pool[piece * PIECE] = piece + 1;
        for (i64 queue = 0; queue < n[N_QUEUES]; queue++)
            d->queues[queue] = (queue_t){0, 0, NEVER, n[n[N_DELAYS_AT] + queue]};
        status = play(d, rows + length * day, series + 8 * minutes * day, minutes);
    }
    free(d), free(pool), free(wheel), free(arrived), free(bits), free(later);
    return status;
}

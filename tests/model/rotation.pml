/* The rotation of a store's root key, its recovery, and everything that can go wrong on the way.
 *
 * README.md says what is modelled and what is not; the script `check` runs it. Every rule that the
 * protocol needs can be taken out by a switch (the README has the table), and the checker must then
 * find the hole.
 *
 * What is on a disk exists twice here: `seen` is what a process reads (the page cache, which a
 * kill -9 leaves alone), `disk` is what a power cut leaves. A write that was not synced has its
 * fate at a power cut chosen when it is made, which covers every subset of lost and torn writes.
 */

#ifndef CRASHES
#define CRASHES 2 /* kill -9 or power cut */
#endif
#ifndef FAULTS
#define FAULTS 2 /* writes, syncs and commits that fail */
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 3 /* rotations begun */
#endif
#ifndef CREATES
#define CREATES 2 /* attempts to create customer C */
#endif
#ifndef CLEARS
#define CLEARS 0 /* times everybody is erased at once; with it C, too, can be erased, and D follows */
#endif
#ifndef ROTS
#define ROTS 0 /* cells that go bad by themselves */
#endif
#ifndef HANGS
#define HANGS 0 /* writes of a slot that hang, and may land long after they were given up */
#endif
#ifndef AHEAD
#define AHEAD 0 /* 1: a rotation may build its pages while P5 of the one before is under way */
#endif
#ifndef DESTINATIONS
#define DESTINATIONS 1 /* of the key journal */
#endif
#ifndef LIVENESS
#define LIVENESS 0 /* 1: looks for a way in which an erasure is never finished */
#endif
#ifndef GOAL
#define GOAL 0 /* the one state below that must be reachable: the search ends there; 0: none */
#endif

#ifndef ONLY
#define ONLY 0 /* the one invariant to check; 0: all */
#endif
#define HOLDS(n, condition) assert((ONLY != 0 && ONLY != (n)) || (condition))

/* With -DTRACE a replayed search tells in words what happens. */
#ifdef TRACE
#define SAY(...) printf(__VA_ARGS__)
#else
#define SAY(...) skip
#endif

/* Customers, as bits of a set. */
#define A 1
#define B 2
#define C 4
#define ERASABLE (A | B)
#define D 8
#define EVERYBODY 16 /* a clear-all, in a group of its own */

/* A clear-all begins another epoch: head rows of earlier ones stay in the file, and no read finds
 * them. A, B and C belong to epoch 0, D to epoch 1; nobody is created in epoch 2. */
#if CLEARS > 0
#define OF_EPOCHS_BEFORE(epoch) \
  ((epoch) == 0 -> 0 : ((epoch) == 1 -> (A | B | C) : (A | B | C | D)))
#define NEXT_OF(epoch) ((epoch) == 0 -> C : ((epoch) == 1 -> D : 0))
#else
#define OF_EPOCHS_BEFORE(epoch) 0
#define NEXT_OF(epoch) C
#endif
#define NEXT_ONE NEXT_OF(seen_db.epoch)
#define ROWS_OF(db) (db.rows & ~OF_EPOCHS_BEFORE(db.epoch))
#define ROWS ROWS_OF(seen_db)
#define CREATED (C | D)

/* All three are answered after every crash and every fault that the search has; all is finished. */
#if GOAL == 1
#define GOAL_REACHED \
  (acknowledged == (A | B | C) && crashes == 0 && faults == 0 && !pending && phase == IDLE)
/* Two erasures share a rotation; each has one of its own. */
#elif GOAL == 2
#define GOAL_REACHED (acknowledged == (A | B) && seen_db.generation == 2)
#elif GOAL == 3
#define GOAL_REACHED (acknowledged == (A | B) && seen_db.generation == 3)
/* An erasure is answered at its third attempt. */
#elif GOAL == 4
#define GOAL_REACHED (acknowledged == (A | B) && seen_db.generation == 2 && attempts == 3)
/* A creation is answered while an erasure is pending. */
#elif GOAL == 5
#define GOAL_REACHED (acknowledged == C && !(seen_db.rows & A) && pending && phase == IDLE)
/* An erasure is answered after crashes alone: its first answer was lost. */
#elif GOAL == 6
#define GOAL_REACHED \
  (acknowledged == (A | B) && crashes == 0 && faults == FAULTS && attempts == 1)
/* Everybody is erased at once after every crash and every fault; somebody is created behind it; an
 * erasure and a clear-all follow each other. */
#elif GOAL == 7
#define GOAL_REACHED \
  (cleared == (A | B | C) && crashes == 0 && faults == 0 && !pending && phase == IDLE)
#elif GOAL == 8
#define GOAL_REACHED ((acknowledged & D) && cleared == (A | B | C))
#elif GOAL == 9
#define GOAL_REACHED ((acknowledged & A) && cleared && attempts == 2)
#endif

/* Four cells: 2 * slot + generation % 2. Cell content is a root's number or garbage. */
#define SLOTS 2
#define CELLS 4
#define GARBAGE 0
#define ROOTS 8
#define PAGE_KEYS (ATTEMPTS + 1)

#ifdef ONE_CELL
#define CELL(slot, generation) (2 * (slot))
#else
#define CELL(slot, generation) (2 * (slot) + (generation) % 2)
#endif

/* Without these rules an open store may read what is not certain. What that leads to is of interest
 * then, not the fact. */
#if defined(NO_CERTAIN_GENERATION) || defined(TRUST_SECOND_SYNC) || defined(UNCLEAR_IS_FAILURE)
#define UNCERTAIN
#endif

#ifdef WRITE_WHILE_HANGING
#define MAY_WRITE_WHILE_HANGING true
#else
#define MAY_WRITE_WHILE_HANGING false
#endif

#ifdef REPAIR_WHAT_READS_BAD
#define REALLY(what_the_disk_has) true
#else
#define REALLY(what_the_disk_has) (what_the_disk_has)
#endif

#define BIT(n) (1 << (n))
#define IN_CELLS(cells, root) \
  (cells[0] == (root) || cells[1] == (root) || cells[2] == (root) || cells[3] == (root))

/* One committed state of the database: the rows, and the path of key pages above them. */
typedef Pages {
  byte generation;
  byte root; /* that seals the root page */
  byte mid;  /* key of the one mid page, held by the root page */
  byte leaf; /* key of the one leaf page, held by the mid page */
  byte rows; /* customers with a head row */
  byte epoch; /* how often everybody was erased at once */
  byte keys; /* customers whose data key is in the leaf */
}

/* ---- disks ---- */
Pages seen_db, disk_db;
bool stuck; /* a sync failed: the kernel calls these frames clean, a later sync writes nothing */
byte seen_cell[CELLS], disk_cell[CELLS];
byte seen_journal[DESTINATIONS], disk_journal[DESTINATIONS];           /* last generation */
byte seen_journal_root[DESTINATIONS], disk_journal_root[DESTINATIONS]; /* the root it hangs from */

#if HANGS > 0
byte late_root[SLOTS], late_cell[SLOTS]; /* a write that the kernel still holds; root 0: none */
#endif

/* ---- memory of the server ---- */
mtype = {DOWN, IDLE, PREPARE, COMMIT, JOURNAL, REPAIR, DESTROY};
mtype phase;
bool pending;   /* P4 and P5 of the committed generation are not known to be finished */
byte prepared;  /* root for the next generation, in every slot, has sealed nothing; 0: none */
byte fresh;     /* root being written by P2 or P5 */
byte slot;      /* slot or destination that the phase has come to */
bool failed;    /* one of them failed in this phase */
byte group;     /* customers erased by the rotation in flight, perhaps with C, created in it */
byte new_mid, new_leaf, new_keys; /* the pages of P1 */
byte taken;      /* root under which the next rotation builds pages while P5 writes it; 0: none */
byte next_group; /* its customers */

/* ---- the attacker: has every page version ever written, and every key that is in a cell ---- */
byte mids_under[ROOTS];      /* mid page keys that some root page sealed under this root held */
byte leaves_under[PAGE_KEYS]; /* leaf page keys that some mid page sealed under this key held */
byte customers_under[PAGE_KEYS];

/* ---- the observer ---- */
byte acknowledged;       /* erasures of A and B, creations of C and D */
byte cleared;            /* who has been erased by a clear-all that was acknowledged */
byte was_root;           /* roots, as bits: committed once */
byte crashes, faults, creates; /* what may still happen */
byte attempts;                 /* rotations begun */
#ifdef NO_FINISH_BY_ITSELF
byte requests = ATTEMPTS; /* that may still come in while something is pending */
#endif
#if CLEARS > 0
byte clears;
#define MAY_CLEAR (clears > 0)
#else
#define MAY_CLEAR false
#endif
#if ROTS > 0
byte rots;
bool rotten; /* since the last success */
#endif
#if HANGS > 0
byte hangs;
#endif

/* Scratch within one step, zero between steps. */
Pages next;
byte outcome; /* or who is answered for */
#define DONE 1
#define FAILED 2
#define STOPPED 3
byte live, held_mids, held_leaves, held_customers, i;

inline copy_pages(to, from) {
  to.generation = from.generation;
  to.root = from.root;
  to.mid = from.mid;
  to.leaf = from.leaf;
  to.rows = from.rows;
  to.epoch = from.epoch;
  to.keys = from.keys
}

inline clear_pages(p) {
  p.generation = 0;
  p.root = 0;
  p.mid = 0;
  p.leaf = 0;
  p.rows = 0;
  p.epoch = 0;
  p.keys = 0
}

inline find_live_roots() {
  live = BIT(seen_db.root) | BIT(disk_db.root) | BIT(prepared) | BIT(fresh) |
         BIT(taken);
  for (i : 0 .. CELLS - 1) {
    live = live | BIT(seen_cell[i]) | BIT(disk_cell[i])
  }
  for (i : 0 .. DESTINATIONS - 1) {
    live = live | BIT(seen_journal_root[i]) | BIT(disk_journal_root[i])
  }
#if HANGS > 0
  live = live | BIT(late_root[0]) | BIT(late_root[1])
#endif
}

/* A random root never seen before. Its number may be that of one which exists nowhere any more. */
inline draw_root(drawn) {
  d_step {
    find_live_roots();
    drawn = 1;
    do
    :: drawn < ROOTS && (live & BIT(drawn)) -> drawn++
    :: else -> break
    od;
    assert(drawn < ROOTS)
  }
}

#define GONE ((acknowledged & ERASABLE) | cleared)

/* The invariants, evaluated at the end of every step. */
inline check() {
  d_step {
    outcome = 0;
    clear_pages(next);

    /* Keys that no longer exist anywhere are forgotten, for the attacker as for everyone. */
    find_live_roots();
    held_mids = BIT(seen_db.mid) | BIT(disk_db.mid) | BIT(new_mid);
    for (i : 1 .. ROOTS - 1) {
      if
      :: live & BIT(i) -> held_mids = held_mids | mids_under[i]
      :: else -> mids_under[i] = 0; was_root = was_root & ~BIT(i)
      fi
    }
    held_leaves = BIT(seen_db.leaf) | BIT(disk_db.leaf) | BIT(new_leaf);
    for (i : 0 .. PAGE_KEYS - 1) {
      if
      :: held_mids & BIT(i) -> held_leaves = held_leaves | leaves_under[i]
      :: else -> leaves_under[i] = 0
      fi
    }
    for (i : 0 .. PAGE_KEYS - 1) {
      if
      :: held_leaves & BIT(i)
      :: else -> customers_under[i] = 0
      fi
    }

    /* 1. Nobody living is lost, whatever happens next. */
    HOLDS(1, seen_cell[CELL(0, seen_db.generation)] == seen_db.root ||
             seen_cell[CELL(1, seen_db.generation)] == seen_db.root);
    HOLDS(1, disk_cell[CELL(0, disk_db.generation)] == disk_db.root ||
             disk_cell[CELL(1, disk_db.generation)] == disk_db.root);

    /* 2. What was acknowledged as erased is gone, and opens with nothing that exists. */
    HOLDS(2, !(ROWS & GONE));
    HOLDS(2, !(ROWS_OF(disk_db) & GONE));
    held_mids = mids_under[seen_cell[0]] | mids_under[seen_cell[1]] |
                mids_under[seen_cell[2]] | mids_under[seen_cell[3]] |
                mids_under[disk_cell[0]] | mids_under[disk_cell[1]] |
                mids_under[disk_cell[2]] | mids_under[disk_cell[3]];
    held_leaves = 0;
    held_customers = 0;
    for (i : 0 .. PAGE_KEYS - 1) {
      if
      :: held_mids & BIT(i) -> held_leaves = held_leaves | leaves_under[i]
      :: else
      fi
    }
    for (i : 0 .. PAGE_KEYS - 1) {
      if
      :: held_leaves & BIT(i) -> held_customers = held_customers | customers_under[i]
      :: else
      fi
    }
    HOLDS(2, !(held_customers & GONE));

    /* 3. Nobody is half erased or half created. */
    HOLDS(3, ROWS == seen_db.keys && ROWS_OF(disk_db) == disk_db.keys);

    /* 4. When no rotation is pending, no cell holds a root of an earlier generation. */
    if
    :: !pending && (phase == IDLE || phase == PREPARE || phase == COMMIT) ->
      for (i : 0 .. CELLS - 1) {
        HOLDS(4, seen_cell[i] == seen_db.root || !(was_root & BIT(seen_cell[i])));
        HOLDS(4, disk_cell[i] == disk_db.root || !(was_root & BIT(disk_cell[i])))
      }
    :: else
    fi;

    /* 5. An old backup, the journal and a root that exists restore the living, at any moment. */
    for (i : 0 .. DESTINATIONS - 1) {
      HOLDS(5, IN_CELLS(seen_cell, seen_journal_root[i]));
      HOLDS(5, IN_CELLS(disk_cell, disk_journal_root[i]))
    }

    /* 6. What was acknowledged as created stays, until everybody is erased. */
    HOLDS(6, !(acknowledged & CREATED & ~(ROWS | OF_EPOCHS_BEFORE(seen_db.epoch))));
    HOLDS(6, !(acknowledged & CREATED & ~(ROWS_OF(disk_db) | OF_EPOCHS_BEFORE(disk_db.epoch))));

#ifndef UNCERTAIN
    /* 7. What an open store reads is what a power cut leaves: to recover again changes nothing. */
    HOLDS(7, phase == DOWN || (seen_db.generation == disk_db.generation &&
                               seen_db.root == disk_db.root && seen_db.rows == disk_db.rows &&
                               seen_db.epoch == disk_db.epoch));
#endif

#if GOAL > 0
    assert(!GOAL_REACHED);
#endif
    live = 0;
    held_mids = 0;
    held_leaves = 0;
    held_customers = 0;
    i = 0
  }
}

/* P1: chooses a group of erasures, and perhaps the creation of C in the same commit; new pages. For a
 * clear-all an empty tree, whose first pages, when they come, will have keys of their own. */
inline build_pages(chosen) {
  if
  :: ROWS & A -> chosen = A
  :: (ROWS & B) && attempts > 0 -> chosen = B /* until here, A and B are alike */
  :: (ROWS & ERASABLE) == ERASABLE -> chosen = ERASABLE
#if CLEARS > 0
  :: clears > 0 -> clears--; chosen = EVERYBODY
#endif
  fi;
  if
  :: creates > 0 && (NEXT_ONE & ~seen_db.rows) && chosen != EVERYBODY ->
    creates--;
    chosen = chosen | NEXT_ONE
  :: skip
  fi;
  attempts++;
  SAY("erasure of %d (A 1, B 2, A and B 3, everybody 16; + 4 or 8: C or D is created in the same "
      "commit)\n", chosen);
  new_keys = (chosen == EVERYBODY -> 0 : (seen_db.keys & ~(chosen & ERASABLE)) | (chosen & CREATED));
#ifdef REUSE_PAGE_KEYS
  new_leaf = seen_db.generation;
#else
  new_leaf = attempts;
#endif
  new_mid = new_leaf;
#ifdef NO_NEW_PAGE_KEYS
  new_leaf = seen_db.leaf;
#endif
#ifdef NO_NEW_MID_KEY
  new_mid = seen_db.mid;
#endif
#ifdef CLEAR_KEEPS_PAGES
  if
  :: chosen == EVERYBODY -> new_mid = seen_db.mid; new_leaf = seen_db.leaf
  :: else
  fi;
#endif
#ifdef NO_NEW_KEY_FOR_EMPTY_LEAF
  if
  :: new_keys == 0 -> new_leaf = seen_db.leaf
  :: else
  fi;
#endif
}

inline seal_pages(root_key) {
  mids_under[root_key] = mids_under[root_key] | BIT(new_mid);
  leaves_under[new_mid] = leaves_under[new_mid] | BIT(new_leaf);
  customers_under[new_leaf] = customers_under[new_leaf] | new_keys
}

/* The answer "erased". */
inline acknowledge_erasure(customers) {
  SAY("answer: erased (of %d: A 1, B 2)\n", (customers) & ERASABLE);
  d_step {
    acknowledged = acknowledged | (customers & ERASABLE);
    cleared = cleared | (((customers) & EVERYBODY) -> OF_EPOCHS_BEFORE(seen_db.epoch) : 0);
    for (i : 0 .. DESTINATIONS - 1) {
      HOLDS(5, !(customers & (ERASABLE | EVERYBODY)) || disk_journal[i] == seen_db.generation)
    }
  }
}

inline forget_rotation() {
  group = 0;
  taken = 0;
  next_group = 0;
  new_mid = 0;
  new_leaf = 0;
  new_keys = 0;
  fresh = 0;
  slot = 0;
  failed = false
}

/* The process ends, or the store stops: memory is lost, what others can read stays. */
inline stop() {
  d_step {
    forget_rotation();
    prepared = 0;
    pending = false;
    phase = DOWN
  }
}

inline cut_power() {
  d_step {
    copy_pages(seen_db, disk_db);
    stuck = false;
    for (i : 0 .. CELLS - 1) {
      seen_cell[i] = disk_cell[i]
    }
    for (i : 0 .. DESTINATIONS - 1) {
      seen_journal[i] = disk_journal[i];
      seen_journal_root[i] = disk_journal_root[i]
    }
  }
}

inline kill_or_cut_power() {
  crashes--;
  SAY("  crash, from here:\n");
#if HANGS > 0
  d_step { /* A process ends, and gives up its lock, only when its writes have ended. */
    late_root[0] = 0;
    late_root[1] = 0;
    late_cell[0] = 0;
    late_cell[1] = 0
  };
#endif
  if
  :: SAY("  kill -9\n")
  :: cut_power(); SAY("  power cut\n")
  fi;
  stop()
}

/* What a failed or interrupted write leaves of a cell: as it was, as it should be, or torn. */
inline scatter(cell, value) {
  if
  :: skip
  :: seen_cell[cell] = value
  :: seen_cell[cell] = GARBAGE
  fi;
  if
  :: skip
  :: disk_cell[cell] = value
  :: disk_cell[cell] = GARBAGE
  fi;
  SAY("  root %d is read, root %d is on the disk (0: torn)\n", seen_cell[cell], disk_cell[cell])
}

/* Writes a cell, syncs it, reads it back past the page cache. */
inline write_cell(cell, value) {
  SAY("slot %d, cell %d: writes root %d\n", slot, (cell) % 2, value);
  if
#if HANGS > 0
  :: late_root[slot] != 0 -> /* nothing else is written there meanwhile */
    SAY("  fails: another write hangs\n");
    outcome = FAILED
  :: late_root[slot] == 0 && hangs > 0 ->
    hangs--;
    SAY("  hangs, is given up\n");
    scatter(cell, value);
    late_root[slot] = value;
    late_cell[slot] = cell;
    outcome = FAILED
  :: late_root[slot] == 0 || MAY_WRITE_WHILE_HANGING ->
    seen_cell[cell] = value;
    disk_cell[cell] = value;
    outcome = DONE
#else
  :: seen_cell[cell] = value; disk_cell[cell] = value; outcome = DONE
#endif
  :: faults > 0 ->
    faults--;
    SAY("  fails\n");
    scatter(cell, value);
    outcome = FAILED;
#ifdef NO_READ_BACK
    if
    :: seen_cell[cell] == value -> outcome = DONE /* the sync said yes, the disk has it not */
    :: skip
    fi
#endif
  :: crashes > 0 -> scatter(cell, value); kill_or_cut_power(); outcome = STOPPED
  fi
}

/* One transaction that makes `next` the state of the database, with its sync. */
inline commit_next() {
  if
  :: d_step {
      copy_pages(seen_db, next);
      if
      :: !stuck -> copy_pages(disk_db, next)
      :: else /* it stands behind frames that are not on the disk */
      fi;
      outcome = DONE
    }
  :: faults > 0 -> /* cleanly: nothing of it will ever count */
    faults--;
    SAY("  COMMIT fails cleanly\n");
    outcome = FAILED
  :: faults > 0 -> /* an error of unclear outcome: the store stops until recovery */
    faults--;
    if
    :: copy_pages(disk_db, next)
    :: skip
    fi;
#ifdef UNCLEAR_IS_FAILURE
    outcome = FAILED;
#else
    if
    :: copy_pages(seen_db, next);
      if
      :: disk_db.generation != seen_db.generation || disk_db.rows != seen_db.rows -> stuck = true
      :: skip
      fi
    :: skip
    fi;
    stop();
    outcome = STOPPED;
#endif
    SAY("  COMMIT error of unclear outcome: generation %d is read, %d is on the disk; stuck %d\n",
        seen_db.generation, disk_db.generation, stuck)
  :: crashes > 0 -> /* killed between write and sync; other moments are those before and after */
    crashes--;
    SAY("  killed between COMMIT's write and its sync\n");
    copy_pages(seen_db, next);
    stop();
    outcome = STOPPED
  fi
}

/* The rotation, and its recovery. Requests wait until the store has time for them, so a request
 * needs no state of its own: any living customer may be in the next group (A, B or both: two
 * erasures that share a rotation or do not), and any that has gone may be asked for again. */
active proctype Store() {
end:
  do
  /* Recovery. First the generation is made certain by a synced transaction of its own. */
  :: atomic {
      phase == DOWN ->
      if
      ::
#ifndef NO_CERTAIN_GENERATION
#ifndef TRUST_SECOND_SYNC
        stuck = false; /* what the log holds is written anew before the sync */
#endif
        d_step {
          if
          :: !stuck -> copy_pages(disk_db, seen_db)
          :: else
          fi
        };
#endif
        was_root = was_root | BIT(seen_db.root);
        pending = true;
        phase = IDLE;
        SAY("recovery: generation %d, rows %d; on the disk generation %d\n", seen_db.generation,
            seen_db.rows, disk_db.generation);
#ifdef TRUST_CELLS_AS_READ
        if
        :: seen_journal[0] == seen_db.generation &&
           !(was_root & BIT(seen_cell[CELL(0, seen_db.generation + 1)])) &&
           !(was_root & BIT(seen_cell[CELL(1, seen_db.generation + 1)])) -> pending = false
        :: else
        fi
#endif
#ifdef NO_DROP_AFTER_RESTART
        if
        :: seen_cell[CELL(0, seen_db.generation + 1)] ==
           seen_cell[CELL(1, seen_db.generation + 1)] &&
           !(was_root & BIT(seen_cell[CELL(0, seen_db.generation + 1)])) ->
          prepared = seen_cell[CELL(0, seen_db.generation + 1)]
        :: else
        fi
#endif
      :: faults > 0 -> /* still unclear: the store stays stopped, and recovery begins again */
        faults--;
        SAY("recovery: its own transaction fails\n");
        if
        :: !stuck -> copy_pages(disk_db, seen_db)
        :: !stuck && (disk_db.generation != seen_db.generation || disk_db.rows != seen_db.rows) ->
          stuck = true
        :: skip
        fi
      fi;
      check()
    }

  /* P0 and P1. */
  :: atomic {
#ifdef NEXT_WHILE_PENDING
      phase == IDLE && attempts < ATTEMPTS && ((ROWS & ERASABLE) || MAY_CLEAR) ->
#else
      phase == IDLE && !pending && attempts < ATTEMPTS && ((ROWS & ERASABLE) || MAY_CLEAR) ->
#endif
      build_pages(group);
      if
      :: prepared != 0 -> phase = COMMIT
      :: else -> draw_root(fresh); phase = PREPARE
      fi;
      check()
    }

  /* P2: a fresh root into the free cell of every slot. */
  :: atomic {
      phase == PREPARE ->
#ifdef COMMIT_BEFORE_P2_SYNC
      if
      :: seen_cell[CELL(slot, seen_db.generation + 1)] = fresh; outcome = DONE
      :: write_cell(CELL(slot, seen_db.generation + 1), fresh)
      fi;
#else
      write_cell(CELL(slot, seen_db.generation + 1), fresh);
#endif
      if
      :: outcome == STOPPED
      :: else ->
        if
#ifdef ONE_SLOT_AT_P2
        :: slot == 1 -> failed = failed && outcome == FAILED
        :: slot == 0 && outcome == FAILED -> failed = true
#else
        :: outcome == FAILED -> failed = true
#endif
        :: else
        fi;
        slot++;
        if
        :: slot == SLOTS && !failed -> prepared = fresh; fresh = 0; slot = 0; phase = COMMIT
        :: slot == SLOTS && failed -> forget_rotation(); phase = IDLE
        :: else
        fi
      fi;
      check()
    }

  /* P3: COMMIT decides. Whatever it answers, the pages may have left the process: the prepared root
   * has sealed something. */
  :: atomic {
      phase == COMMIT ->
      SAY("COMMIT of generation %d under root %d\n", seen_db.generation + 1, prepared);
      d_step {
        seal_pages(prepared);
        next.generation = seen_db.generation + 1;
        next.root = prepared;
        next.mid = new_mid;
        next.leaf = new_leaf;
        next.rows = (seen_db.rows & ~(group & ERASABLE)) | (group & CREATED);
#if CLEARS > 0 && !defined(CLEAR_KEEPS_EPOCH)
        next.epoch = seen_db.epoch + (group / EVERYBODY);
#else
        next.epoch = seen_db.epoch;
#endif
        next.keys = new_keys
      };
#ifdef TWO_COMMITS
      if
      :: skip
      :: crashes > 0 ->
        crashes--;
        seen_db.rows = next.rows;
        seen_db.epoch = next.epoch;
        disk_db.rows = next.rows;
        disk_db.epoch = next.epoch;
        stop();
        outcome = STOPPED
      fi;
#endif
      if
      :: outcome == STOPPED
      :: else -> commit_next()
      fi;
      if
      :: outcome == DONE ->
        was_root = was_root | BIT(prepared);
        acknowledged = acknowledged | (group & CREATED);
#ifdef ACK_BEFORE_P5
        acknowledge_erasure(group);
#endif
        prepared = 0;
        pending = true;
        new_mid = 0;
        new_leaf = 0;
        new_keys = 0;
        phase = JOURNAL
      :: outcome == FAILED ->
        forget_rotation();
#ifndef REUSE_ROOT
        prepared = 0;
#endif
        phase = IDLE
      :: else
      fi;
      check()
    }

  /* P4 and P5 that failed, or that a restart may have interrupted, are tried again. */
  :: atomic {
#ifdef NO_FINISH_BY_ITSELF
      phase == IDLE && pending && requests > 0 -> requests--;
#else
      phase == IDLE && pending ->
#endif
      SAY("finishing\n");
      phase = JOURNAL;
      check()
    }

  /* P4: the pages of this generation appended to the journal at every destination, synced. */
  :: atomic {
      phase == JOURNAL ->
      SAY("journal %d: appends generation %d\n", slot, seen_db.generation);
#ifdef JOURNAL_TRUST_SEEN
      if
      :: seen_journal[slot] == seen_db.generation -> outcome = DONE
      :: else
      fi;
#endif
      HOLDS(5, disk_journal[slot] + 1 >= seen_db.generation); /* the chain has no gap */
      if
      :: outcome == DONE
      :: else ->
        if
        :: d_step {
            seen_journal[slot] = seen_db.generation;
            disk_journal[slot] = seen_db.generation;
            seen_journal_root[slot] = seen_db.root;
            disk_journal_root[slot] = seen_db.root;
            outcome = DONE
          }
        :: faults > 0 || crashes > 0 ->
          if
          :: skip
          :: seen_journal[slot] = seen_db.generation; seen_journal_root[slot] = seen_db.root
#ifdef JOURNAL_IN_PLACE
          :: seen_journal[slot] == seen_db.generation ->
            seen_journal[slot] = seen_db.generation - 1; seen_journal_root[slot] = GARBAGE
#endif
          fi;
          if
          :: skip
          :: disk_journal[slot] = seen_db.generation; disk_journal_root[slot] = seen_db.root
          fi;
          SAY("  fails; generation %d is read, %d is on the disk\n", seen_journal[slot],
              disk_journal[slot]);
          if
          :: faults > 0 -> faults--; outcome = FAILED
          :: crashes > 0 -> kill_or_cut_power(); outcome = STOPPED
          fi
        fi
      fi;
      if
      :: outcome == STOPPED
      :: else ->
        if
        :: outcome == FAILED -> failed = true
        :: else
        fi;
#ifdef SKIP_JOURNAL_BEFORE_P5
        failed = false;
#endif
        slot++;
        if
        :: slot == DESTINATIONS && !failed ->
          slot = 0;
#ifdef NO_DROP_AFTER_RESTART
          if
          :: prepared != 0 -> fresh = prepared; prepared = 0
          :: else -> draw_root(fresh)
          fi;
#else
          draw_root(fresh);
#endif
          phase = REPAIR
        :: slot == DESTINATIONS && failed -> forget_rotation(); phase = IDLE
        :: else
        fi
      fi;
      check()
    }

  /* P5, one slot: first the current root is read past the page cache; if bad, written again ... */
  :: atomic {
      phase == REPAIR ->
      if
      :: seen_cell[CELL(slot, seen_db.generation)] == seen_db.root &&
         REALLY(disk_cell[CELL(slot, seen_db.generation)] == seen_db.root) -> skip
      :: else ->
#ifdef NO_REPAIR
        skip
#else
        write_cell(CELL(slot, seen_db.generation), seen_db.root)
#endif
      fi;
      if
      :: outcome == STOPPED
      :: else ->
        if
        :: outcome == FAILED -> failed = true
        :: else
        fi;
        phase = DESTROY
      fi;
      check()
    }

  /* ... then a fresh root is written over the old one. In every slot: the answer. */
  :: atomic {
      phase == DESTROY ->
      write_cell(CELL(slot, seen_db.generation + 1), fresh);
      if
      :: outcome == STOPPED
      :: else ->
        if
#ifdef ONE_SLOT_ENOUGH
        :: slot == 1 -> failed = failed && outcome == FAILED
        :: slot == 0 && outcome == FAILED -> failed = true
#else
        :: outcome == FAILED -> failed = true
#endif
        :: else
        fi;
        slot++;
        if
        :: slot < SLOTS -> phase = REPAIR
        :: slot == SLOTS && !failed ->
          acknowledge_erasure(group);
          pending = false;
#if ROTS > 0
          rotten = false;
#endif
          if
          :: taken == 0 -> prepared = fresh; forget_rotation(); phase = IDLE
          :: else ->
            group = next_group;
            prepared = taken;
            taken = 0;
            next_group = 0;
            fresh = 0;
            slot = 0;
            phase = COMMIT
          fi
        :: slot == SLOTS && failed ->
#ifdef TAKEN_ROOT_NOT_COMPARED
          if
          :: taken != 0 -> group = 0; fresh = 0; slot = 0; failed = false; phase = JOURNAL
          :: else -> forget_rotation(); phase = IDLE
          fi
#else
          forget_rotation();
          phase = IDLE
#endif
        fi
      fi;
      check()
    }

#if AHEAD
  /* P1 of the next rotation, and the sealing of its pages, while P5 still writes its root. It must
   * not commit before that very write has succeeded. */
  :: atomic {
      (phase == REPAIR || phase == DESTROY) && taken == 0 &&
      attempts < ATTEMPTS && ((ROWS & ERASABLE) || MAY_CLEAR) ->
      build_pages(next_group);
      taken = fresh;
      d_step { seal_pages(taken) };
      check()
    }
#endif

  /* An erasure of somebody who is not there (any more): a retry, perhaps of a request whose answer
   * was lost. */
  :: atomic {
#ifdef ACK_GONE_WHILE_PENDING
      phase != DOWN && (ERASABLE & ~ROWS & ~acknowledged) ->
#else
      phase == IDLE && !pending && (ERASABLE & ~ROWS & ~acknowledged) ->
#endif
      outcome = ERASABLE & ~ROWS;
      acknowledge_erasure(outcome);
      check()
    }
  od
}

/* The creation of C by itself: its leaf page is written again under the key it has. While a
 * rotation builds its pages and commits, the writer does nothing else. */
active proctype Creator() {
  byte chosen;
end:
  do
  :: atomic {
#ifdef CREATE_DURING_ROTATION
      phase != DOWN &&
#else
      (phase == IDLE || phase == JOURNAL || phase == REPAIR || phase == DESTROY) &&
      taken == 0 &&
#endif
      creates > 0 && (NEXT_ONE & ~seen_db.rows) ->
      creates--;
      chosen = NEXT_ONE;
      SAY("creation of %d (C 4, D 8)\n", chosen);
      d_step {
        copy_pages(next, seen_db);
        next.rows = next.rows | chosen;
        next.keys = next.keys | chosen;
        customers_under[next.leaf] = customers_under[next.leaf] | next.keys
      };
      commit_next();
      if
      :: outcome == DONE -> acknowledged = acknowledged | chosen
      :: else
      fi;
      chosen = 0;
      check()
    }
  od
}

/* kill -9 and power cuts between two steps; those within a step are in the steps. */
active proctype Crash() {
end:
  do
  :: atomic { crashes > 0 -> kill_or_cut_power(); check() }
  od
}

#if ROTS > 0
/* A cell goes bad by itself. After a rotation has succeeded another one may. */
active proctype Rot() {
  byte cell;
end:
  do
  :: atomic {
      rots > 0 && !rotten && phase != REPAIR && phase != DESTROY ->
      rots--;
      rotten = true;
      select(cell : 0 .. CELLS - 1);
      SAY("slot %d, cell %d goes bad by itself\n", cell / 2, cell % 2);
      seen_cell[cell] = GARBAGE;
      disk_cell[cell] = GARBAGE;
      cell = 0;
      check()
    }
  od
}
#endif

#if HANGS > 0
/* A write that hung lands. */
active proctype Late() {
end:
  do
  :: atomic {
      late_root[0] != 0 ->
      SAY("slot 0, cell %d: the write of root %d that hung lands\n", late_cell[0] % 2,
          late_root[0]);
      seen_cell[late_cell[0]] = late_root[0];
      disk_cell[late_cell[0]] = late_root[0];
      late_root[0] = 0;
      late_cell[0] = 0;
      check()
    }
  :: atomic {
      late_root[1] != 0 ->
      SAY("slot 1, cell %d: the write of root %d that hung lands\n", late_cell[1] % 2,
          late_root[1]);
      seen_cell[late_cell[1]] = late_root[1];
      disk_cell[late_cell[1]] = late_root[1];
      late_root[1] = 0;
      late_cell[1] = 0;
      check()
    }
  od
}
#endif

#if LIVENESS
/* The faults and crashes of a search are used up some day. From then on, as long as every process that
 * can take a step takes one some day, nothing stays half done: what has been committed is finished
 * and no write hangs. */
ltl finished { [] <> (phase == IDLE && !pending) }
#endif

/* Generation 1, A and B living, its pages in a backup and in the journal, a prepared root. */
init {
  d_step {
    crashes = CRASHES;
    faults = FAULTS;
#if ROTS > 0
    rots = ROTS;
#endif
#if HANGS > 0
    hangs = HANGS;
#endif
    creates = CREATES;
#if CLEARS > 0
    clears = CLEARS;
#endif
    phase = IDLE;
    seen_db.generation = 1;
    seen_db.root = 1;
    seen_db.rows = A | B;
    seen_db.keys = A | B;
    copy_pages(disk_db, seen_db);
    mids_under[1] = BIT(0);
    leaves_under[0] = BIT(0);
    customers_under[0] = A | B;
    was_root = BIT(1);
#ifndef ONE_CELL
    prepared = 2;
    for (i : 0 .. SLOTS - 1) {
      seen_cell[CELL(i, 0)] = 2;
      disk_cell[CELL(i, 0)] = 2
    }
#endif
    for (i : 0 .. SLOTS - 1) {
      seen_cell[CELL(i, 1)] = 1;
      disk_cell[CELL(i, 1)] = 1
    }
    for (i : 0 .. DESTINATIONS - 1) {
      seen_journal[i] = 1;
      disk_journal[i] = 1;
      seen_journal_root[i] = 1;
      disk_journal_root[i] = 1
    }
  }
}

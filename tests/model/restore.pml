/* A restore, the server before and behind it, and everything that can go wrong on the way: which root
 * lies where while one lineage of the data is put in place of another.
 *
 * README.md says what is modelled and what is not. What a rotation does in detail is in rotation.pml;
 * here an erasure is a commit, which nothing disturbs, and the overwriting of the old root. `seen`,
 * `disk` and the switches are as there.
 */

#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef FAULTS
#define FAULTS 2
#endif
#ifndef RESTORES
#define RESTORES 2 /* begun */
#endif
#ifndef ERASURES
#define ERASURES 2 /* committed */
#endif
#ifndef GOAL
#define GOAL 0
#endif
#ifndef ONLY
#define ONLY 0
#endif
#define HOLDS(n, condition) assert((ONLY != 0 && ONLY != (n)) || (condition))
#ifdef TRACE
#define SAY(...) printf(__VA_ARGS__)
#else
#define SAY(...) skip
#endif

/* Customers. C came after the first backup, so that a restore of it gives C up. */
#define A 1
#define B 2
#define C 4
#define ERASABLE (A | B)

/* A restore and an erasure behind it are answered after every crash and fault; so are two restores,
 * the second of a backup of the first one's lineage; a restore that broke off is followed by the old
 * data, or by another one of the same backup. */
#if GOAL == 1
#define GOAL_REACHED \
  (restored == 1 && gone == ERASABLE && crashes == 0 && faults == 0 && phase == SERVING)
#elif GOAL == 2
#define GOAL_REACHED (restored == 2 && source[2] == 1 && phase == SERVING)
#elif GOAL == 3
#define GOAL_REACHED (restores == 1 && seen_dir == 0 && gone == A && phase == SERVING)
#elif GOAL == 4
#define GOAL_REACHED (restored == 2 && source[2] == 0 && phase == SERVING)
#endif

#define SLOTS 2
#define CELLS 4
#define GARBAGE 0
#define ROOTS 14
#define LINEAGES (RESTORES + 1)
#define CELL(slot, generation) (2 * (slot) + (generation) % 2)
#define OPENS_DIR(cells, dir) \
  (cells[CELL(0, generation[dir])] == root[dir] || cells[CELL(1, generation[dir])] == root[dir])

/* ---- disks: which lineage's data has the name DIR, and the slots ---- */
byte seen_dir, disk_dir;
byte seen_cell[CELLS], disk_cell[CELLS];

/* ---- the data of each lineage: in DIR, being built, or set aside. Its own writes are durable ---- */
byte root[LINEAGES], generation[LINEAGES], rows[LINEAGES];
byte set_rows[LINEAGES]; /* the last backup made of it; 0: none */
byte source[LINEAGES];   /* the lineage of the backup that it was made from */

/* ---- roots, whether they exist anywhere or not ---- */
byte lineage_of[ROOTS], generation_of[ROOTS];
byte opens[ROOTS];     /* customers whom pages sealed under it lead to */
bool committed[ROOTS]; /* the root of a generation, not only a prepared one */

/* ---- memory ---- */
mtype = {DOWN, READYING, SERVING, OVERWRITING, WRITING_ROOTS, EXCHANGING, CONFIRMING, DESTROYING};
mtype phase;
byte slot, fresh, prepared;
bool failed;
byte victim;
byte old, new; /* lineages of the restore under way */

/* ---- the observer ---- */
byte gone;     /* whose erasure was acknowledged */
byte erased;   /* whose erasure was committed */
byte restored; /* the lineage of the last restore that ended well; 0: none */
byte crashes, faults, restores, erasures;

/* Scratch, zero between steps. */
byte outcome, i;
#define DONE 1
#define FAILED 2
#define STOPPED 3
bool live[ROOTS];

inline find_live() {
  for (i : 0 .. ROOTS - 1) {
    live[i] = false
  }
  for (i : 0 .. CELLS - 1) {
    live[seen_cell[i]] = true;
    live[disk_cell[i]] = true
  }
  for (i : 0 .. LINEAGES - 1) {
    live[root[i]] = true
  }
  live[fresh] = true;
  live[prepared] = true;
  i = 0
}

inline draw_root(drawn, of_lineage, of_generation) {
  d_step {
    find_live();
    drawn = 1;
    do
    :: drawn < ROOTS && live[drawn] -> drawn++
    :: else -> break
    od;
    assert(drawn < ROOTS);
    lineage_of[drawn] = of_lineage;
    generation_of[drawn] = of_generation;
    for (i : 0 .. ROOTS - 1) {
      live[i] = false
    }
    i = 0
  }
}

/* What has been exchanged is in use, and only its own backups replace it. */
#ifdef NEXT_RESTORE_TAKES_OVER
#define IN_USE(cells, dir, lineage) false
#else
#define IN_USE(cells, dir, lineage) ((dir) != (lineage) && OPENS_DIR(cells, dir))
#endif

inline check() {
  d_step {
    outcome = 0;
    find_live();
    for (i : 1 .. ROOTS - 1) { /* what no longer exists is forgotten */
      if
      :: live[i]
      :: else -> lineage_of[i] = 0; generation_of[i] = 0; opens[i] = 0; committed[i] = false
      fi;
      live[i] = false
    }
    live[0] = false;

    /* 1. Nobody living is lost, whatever happens next: the data that is in use opens. */
    HOLDS(1, OPENS_DIR(seen_cell, seen_dir) && OPENS_DIR(disk_cell, disk_dir));

    /* 2. Who was acknowledged as erased is in no data that may be in use, and opens with nothing that
     * exists: not in this lineage, not in one that was given up, nor in their backups. */
    HOLDS(2, !((rows[seen_dir] | rows[disk_dir]) & gone));
    for (i : 0 .. CELLS - 1) {
      HOLDS(2, !((opens[seen_cell[i]] | opens[disk_cell[i]]) & gone))
    }

    /* 4. Where an erasure can begin, no cell holds a root that was in use before: what was given up
     * opens with nothing. */
    if
    :: phase == SERVING ->
      for (i : 0 .. CELLS - 1) {
        HOLDS(4, seen_cell[i] == root[seen_dir] || !committed[seen_cell[i]]);
        HOLDS(4, disk_cell[i] == root[seen_dir] || !committed[disk_cell[i]])
      }
    :: else
    fi;

    /* 5. A restore that ended well leaves no root of a lineage before it anywhere. */
    for (i : 0 .. CELLS - 1) {
      HOLDS(5, !committed[seen_cell[i]] || lineage_of[seen_cell[i]] >= restored);
      HOLDS(5, !committed[disk_cell[i]] || lineage_of[disk_cell[i]] >= restored)
    }

    /* 6. Who was in the first backup, and was never erased, is in whatever data is in use. */
    HOLDS(6, !(ERASABLE & ~(rows[seen_dir] | erased)) && !(ERASABLE & ~(rows[disk_dir] | erased)));

    /* 7. What has promised something stays. */
    HOLDS(7, phase != SERVING || disk_dir == seen_dir);
    HOLDS(7, restored == 0 || (seen_dir >= restored && disk_dir >= restored));

#if GOAL > 0
    assert(!GOAL_REACHED);
#endif
    i = 0
  }
}

inline stop() {
  d_step {
    slot = 0;
    fresh = 0;
    prepared = 0;
    failed = false;
    victim = 0;
    old = 0;
    new = 0;
    phase = DOWN
  }
}

inline kill_or_cut_power() {
  crashes--;
  SAY("  crash\n");
  if
  :: SAY("  kill -9\n")
  :: d_step {
      seen_dir = disk_dir;
      for (i : 0 .. CELLS - 1) {
        seen_cell[i] = disk_cell[i]
      }
    };
    SAY("  power cut\n")
  fi;
  stop()
}

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
  fi
}

inline write_cell(cell, value) {
  SAY("slot %d, cell %d: root %d of lineage %d, generation %d\n", (cell) / 2, (cell) % 2, value,
      lineage_of[value], generation_of[value]);
  if
  :: seen_cell[cell] = value; disk_cell[cell] = value; outcome = DONE
  :: faults > 0 -> faults--; SAY("  fails\n"); scatter(cell, value); outcome = FAILED
  :: crashes > 0 -> scatter(cell, value); kill_or_cut_power(); outcome = STOPPED
  fi
}

/* Makes the name DIR certain, as every start of a server or a restore does first. */
inline sync_folder() {
#ifdef NO_FOLDER_SYNC
  outcome = DONE;
#else
  if
  :: disk_dir = seen_dir; outcome = DONE
  :: faults > 0 -> faults--; SAY("the folder cannot be synced\n"); outcome = FAILED
  fi;
#endif
}

#define NEXT_SLOT \
  if \
  :: outcome == FAILED -> failed = true \
  :: else \
  fi; \
  slot++

active proctype Operator() {
end:
  do
  /* The server starts, when the data opens. */
  :: atomic {
      phase == DOWN && OPENS_DIR(seen_cell, seen_dir) ->
      SAY("start on lineage %d, rows %d\n", seen_dir, rows[seen_dir]);
      sync_folder();
      if
      :: outcome == DONE -> draw_root(fresh, seen_dir, generation[seen_dir] + 1); phase = READYING
      :: else
      fi;
      check()
    }

  /* In every slot a fresh root over whatever is beside the current one. */
  :: atomic {
      phase == READYING ->
      write_cell(CELL(slot, generation[seen_dir] + 1), fresh);
      if
      :: outcome == STOPPED
      :: else -> NEXT_SLOT
      fi;
      if
      :: slot < SLOTS
#ifdef ONE_SLOT_READY
      :: slot == SLOTS ->
#else
      :: slot == SLOTS && failed -> stop()
      :: slot == SLOTS && !failed ->
#endif
        prepared = fresh;
        fresh = 0;
        slot = 0;
        failed = false;
        phase = SERVING
      fi;
      check()
    }

  /* An erasure: the commit under the prepared root, which is in every slot ... */
  :: atomic {
      phase == SERVING && erasures > 0 && (rows[seen_dir] & ERASABLE) ->
      erasures--;
      if
      :: rows[seen_dir] & A -> victim = A
      :: (rows[seen_dir] & B) && erased -> victim = B /* until here, A and B are alike */
      fi;
      SAY("commit of the erasure of %d\n", victim);
      d_step {
        rows[seen_dir] = rows[seen_dir] & ~victim;
        erased = erased | victim;
        root[seen_dir] = prepared;
        generation[seen_dir] = generation[seen_dir] + 1;
        opens[prepared] = rows[seen_dir];
        committed[prepared] = true;
        prepared = 0
      };
      draw_root(fresh, seen_dir, generation[seen_dir] + 1);
      phase = OVERWRITING;
      check()
    }

  /* ... then the old root is overwritten. What fails here is finished by the next start. */
  :: atomic {
      phase == OVERWRITING ->
      write_cell(CELL(slot, generation[seen_dir] + 1), fresh);
      if
      :: outcome == STOPPED
      :: else -> NEXT_SLOT
      fi;
      if
      :: slot < SLOTS
      :: slot == SLOTS && failed -> stop()
      :: slot == SLOTS && !failed ->
        SAY("answer: erased\n");
        gone = gone | victim;
        victim = 0;
        prepared = fresh;
        fresh = 0;
        slot = 0;
        phase = SERVING
      fi;
      check()
    }

  /* A retry of an erasure whose answer was lost. */
  :: atomic {
      phase == SERVING && (erased & ~rows[seen_dir] & ~gone) ->
      gone = gone | (erased & ~rows[seen_dir]);
      check()
    }

  :: atomic {
      phase == SERVING && set_rows[seen_dir] == 0 ->
      SAY("a backup\n");
      set_rows[seen_dir] = rows[seen_dir];
      check()
    }
  :: atomic { phase == SERVING -> SAY("stop\n"); stop(); check() }

  /* R0. The present root of the set's lineage, with the journal, leads to all who are living there; the
   * new data gets new keys and a root that is in memory alone. */
  :: atomic {
      phase == DOWN && restores > 0 ->
      sync_folder();
      if
      :: outcome == DONE ->
        select(old : 0 .. LINEAGES - 1);
        if
        :: set_rows[old] == 0 || !OPENS_DIR(seen_cell, old) || IN_USE(seen_cell, seen_dir, old) -> old = 0
        :: else ->
          new = LINEAGES - restores;
          restores--;
          SAY("restore of a backup of lineage %d, as lineage %d\n", old, new);
          draw_root(fresh, new, generation[old] + 1);
          d_step {
#ifdef KEEP_ERASED_ROWS
            rows[new] = set_rows[old];
#else
            rows[new] = set_rows[old] & rows[old];
#endif
            generation[new] = generation[old] + 1;
            root[new] = fresh;
            source[new] = old;
            opens[fresh] = rows[new];
            committed[fresh] = true;
            fresh = 0
          };
#ifdef EXCHANGE_FIRST
          phase = EXCHANGING
#else
          phase = WRITING_ROOTS
#endif
        fi
      :: else
      fi;
      check()
    }

  /* R1. Into the cell behind the root that counts. */
  :: atomic {
      phase == WRITING_ROOTS ->
#ifdef ROOT_OVER_OLD
      write_cell(CELL(slot, generation[new] + 1), root[new]);
#else
      write_cell(CELL(slot, generation[new]), root[new]);
#endif
      if
      :: outcome == STOPPED
      :: else -> NEXT_SLOT
      fi;
      if
      :: slot < SLOTS
      :: slot == SLOTS && failed -> stop()
      :: slot == SLOTS && !failed ->
        slot = 0;
#ifdef EXCHANGE_FIRST
        phase = CONFIRMING
#else
        phase = EXCHANGING
#endif
      fi;
      check()
    }

  /* R3. One rename, which a power cut may undo until the folder has been synced. */
  :: atomic {
      phase == EXCHANGING ->
      if
      :: SAY("exchange\n");
        seen_dir = new;
        if
        :: disk_dir = new
        :: skip
        fi;
#ifdef EXCHANGE_FIRST
        phase = WRITING_ROOTS
#else
        phase = CONFIRMING
#endif
      :: faults > 0 -> faults--; SAY("the exchange fails\n"); stop()
      fi;
      check()
    }
  :: atomic {
      phase == CONFIRMING ->
#ifdef NO_EXCHANGE_SYNC
      outcome = DONE;
#else
      sync_folder();
#endif
      if
      :: outcome == FAILED -> stop()
      :: else -> draw_root(fresh, new, generation[new] + 1); phase = DESTROYING
      fi;
      check()
    }

  /* R4. The old root is overwritten. */
  :: atomic {
      phase == DESTROYING ->
#ifdef OLD_ROOT_STAYS
      slot = SLOTS;
#else
      write_cell(CELL(slot, generation[new] + 1), fresh);
      if
      :: outcome == STOPPED
      :: else -> NEXT_SLOT
      fi;
#endif
      if
      :: slot < SLOTS
      :: slot == SLOTS && failed -> stop()
      :: slot == SLOTS && !failed ->
        SAY("the restore ends well\n");
        restored = new;
        stop()
      fi;
      check()
    }
  od
}

active proctype Crash() {
end:
  do
  :: atomic { crashes > 0 -> kill_or_cut_power(); check() }
  od
}

/* Lineage 0 in generation 1 with a backup of A and B, and C, who came later. */
init {
  d_step {
    crashes = CRASHES;
    faults = FAULTS;
    restores = RESTORES;
    erasures = ERASURES;
    phase = DOWN;
    root[0] = 1;
    generation[0] = 1;
    generation_of[1] = 1;
    rows[0] = A | B | C;
    set_rows[0] = A | B;
    opens[1] = A | B | C;
    committed[1] = true;
    for (i : 0 .. SLOTS - 1) {
      seen_cell[CELL(i, 1)] = 1;
      disk_cell[CELL(i, 1)] = 1
    }
    i = 0
  }
}

# A second computation of a wave's results in R's survey, from the files of `make export`, by a program that shares no line with the first.
# Rscript crosscheck.R FOLDER WANTED OUT: WANTED lists results rows (id, what, statistic, indicator, category, by, level, by2, level2,
# vs_level, vs_wave, model, term, family, reference); OUT gets id, estimate, se, lower, upper of each.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail", digits = 17)
arguments <- commandArgs(trailingOnly = TRUE)
read <- function(name) read.csv(file.path(arguments[1], name), stringsAsFactors = FALSE)
wanted <- read.csv(arguments[2], stringsAsFactors = FALSE, colClasses = "character", na.strings = character())
rows <- list()
note <- function(id, estimate, se, limits) {
  rows[[length(rows) + 1]] <<- data.frame(id = id, estimate = as.numeric(estimate), se = as.numeric(se), lower = limits[1], upper = limits[2])
}
rake_to <- function(design, margins) {
  variables <- unique(margins$variable)
  goals <- lapply(variables, function(v) {
    some <- margins[margins$variable == v, ]
    goal <- data.frame(some$level, Freq = some$count)
    names(goal)[1] <- v
    goal
  })
  rake(design, lapply(variables, function(v) as.formula(paste0("~", v))), goals, control = list(maxit = 1000, epsilon = 1e-12, verbose = FALSE))
}
valid <- function(used, unit, stratum) { # degrees of freedom: doctors with a valid answer less their strata
  first <- !duplicated(unit[used])
  sum(first) - length(unique(stratum[used][first]))
}
within <- function(data, w) {
  inside <- rep(TRUE, nrow(data))
  if (w$by != "") inside <- inside & data[[w$by]] %in% w$level
  if (w$by2 != "") inside <- inside & data[[w$by2]] %in% w$level2
  inside
}

data <- read("analysis.csv")
design <- rake_to(svydesign(~1, strata = ~stratum, weights = ~start_weight, data = data), read("margins.csv"))
for (i in which(wanted$what %in% c("level", "quantile", "difference"))) {
  w <- wanted[i, ]
  y <- data[[w$indicator]]
  design$variables$y <- if (w$category == "") y else as.numeric(y == as.numeric(w$category))
  if (w$what == "difference") { # the coefficient of the group is the difference of the two domains' means
    pair <- data[[w$by]] %in% c(w$level, w$vs_level)
    design$variables$y[!pair] <- NA
    design$variables$one <- as.numeric(data[[w$by]] %in% w$level)
    fit <- svyglm(y ~ one, design = design, na.action = na.omit)
    note(w$id, coef(fit)[2], SE(fit)[2], c(NA, NA))
    next
  }
  # A raked design keeps the rows it is subset by, with no weight: what is missing must go by na.rm.
  inside <- within(data, w)
  used <- inside & !is.na(y)
  df <- valid(used, seq_along(y), data$stratum)
  part <- subset(design, inside)
  if (w$what == "quantile") {
    p <- c(p25 = 0.25, median = 0.5, p75 = 0.75)[[w$statistic]]
    q <- svyquantile(~y, part, p, na.rm = TRUE)$y
    note(w$id, q[1, "quantile"], NA, c(q[1, "ci.2.5"], q[1, "ci.97.5"]))
    next
  }
  m <- svymean(~y, part, na.rm = TRUE)
  estimate <- as.numeric(coef(m)); se <- as.numeric(SE(m)); reach <- if (df > 0) qt(0.975, df) else NA
  limits <- if (w$statistic == "mean") estimate + c(-1, 1) * reach * se else
    if (estimate > 0 && estimate < 1) plogis(qlogis(estimate) + c(-1, 1) * reach * se / (estimate * (1 - estimate))) else c(NA, NA)
  note(w$id, estimate, se, limits)
}

changes <- which(wanted$what == "change")
if (length(changes)) {
  panel <- read("panel.csv")
  latest <- max(panel$wave)
  stacked <- rake_to(svydesign(ids = ~doctor, strata = ~stratum, weights = ~start_weight, data = panel, nest = TRUE), read("panel_margins.csv"))
  for (i in changes) {
    w <- wanted[i, ]
    # What is missing, or of another wave, leaves the mean but not the design.
    used <- panel$wave %in% c(as.numeric(w$vs_wave), latest) & within(panel, w) & !is.na(panel[[w$indicator]])
    stacked$variables$y <- ifelse(used, panel[[w$indicator]], NA)
    stacked$variables$now <- as.numeric(panel$wave == latest)
    fit <- svyglm(y ~ now, design = stacked, na.action = na.omit)
    se <- as.numeric(SE(fit)[2])
    note(w$id, coef(fit)[2], se, coef(fit)[2] + c(-1, 1) * qt(0.975, valid(used, panel$doctor, panel$stratum)) * se)
  }
}

for (key in unique(paste(wanted$model, wanted$indicator)[wanted$what == "model"])) {
  own <- wanted[wanted$what == "model" & paste(wanted$model, wanted$indicator) == key, ]
  factors <- unique(sub("=.*", "", own$term))
  for (name in factors) {
    reference <- sub(".*=", "", own$term[own$reference == "1" & startsWith(own$term, paste0(name, "="))])
    coded <- as.character(data[[name]])
    coded[coded %in% ""] <- NA
    design$variables[[paste0("f_", name)]] <- relevel(factor(coded), reference)
  }
  terms <- paste0("f_", factors)
  design$variables$y <- data[[own$indicator[1]]]
  # Those with an answer missing leave the model, not the design: the standard errors know of the raking of all.
  part <- subset(design, complete.cases(design$variables[, c("y", terms)]))
  formula <- as.formula(paste("y ~", paste(terms, collapse = " + ")))
  fit <- if (own$family[1] == "binomial")
    svyglm(formula, design = part, family = quasibinomial, control = glm.control(epsilon = 1e-14, maxit = 100)) else svyglm(formula, design = part)
  for (i in which(own$reference != "1")) {
    name <- paste0("f_", sub("=", "", own$term[i]))
    if (name %in% names(coef(fit))) note(own$id[i], coef(fit)[name], SE(fit)[name], c(NA, NA))
  }
}
write.csv(do.call(rbind, rows), arguments[3], row.names = FALSE)

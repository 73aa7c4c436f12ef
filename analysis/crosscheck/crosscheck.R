# A second computation of a wave's results in R's survey, from the files of `designs.py`, by a program that shares no line with the first.
# Rscript crosscheck.R FOLDER WANTED OUT. FOLDER holds designs: NAME.csv (doctor, stratum, start_weight, raking variables, groups, answers) and
# NAME_margins.csv. WANTED lists results rows (id, data, what, statistic, indicator, category, by, level, by2, level2, vs_level, vs_wave, term,
# family, reference); OUT gets id, estimate, se, lower, upper, p of each. Weights are calibrated (raking) and standard errors know it.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail", digits = 17)
arguments <- commandArgs(trailingOnly = TRUE)
read <- function(name) read.csv(file.path(arguments[1], name), stringsAsFactors = FALSE, check.names = FALSE)
wanted <- read.csv(arguments[2], stringsAsFactors = FALSE, colClasses = "character", na.strings = character())
rows <- vector("list", nrow(wanted))
note <- function(i, estimate, se = NA, limits = c(NA, NA), p = NA)
  rows[[i]] <<- data.frame(id = wanted$id[i], estimate = as.numeric(estimate), se = as.numeric(se), lower = limits[1], upper = limits[2], p = p)
by_t <- function(i, estimate, se, df) # the t interval and test
  note(i, estimate, se, estimate + c(-1, 1) * (if (df > 0) qt(0.975, df) else NA) * se, 2 * pt(-abs(estimate / se), df))

calibrated <- function(name) {
  data <- read(paste0(name, ".csv"))
  margins <- read(paste0(name, "_margins.csv"))
  x <- sapply(seq_len(nrow(margins)), function(i) as.numeric(data[[margins$variable[i]]] == margins$level[i]))
  independent <- with(qr(x), pivot[seq_len(rank)]) # the levels of two margins add up to the same
  colnames(x) <- paste0("x_", seq_len(ncol(x)))
  data <- cbind(data, x)
  columns <- colnames(x)[independent]
  ids <- if (anyDuplicated(data$doctor)) ~doctor else ~1
  design <- svydesign(ids, strata = ~stratum, weights = ~start_weight, data = data, nest = TRUE)
  # The weights themselves are R's rake: the exact solution to 1e-12; calibrate starts from it and adds what standard errors need.
  calibrate(design, as.formula(paste("~0 +", paste(columns, collapse = " + "))), setNames(margins$count[independent], columns),
            calfun = "raking", epsilon = 1e-13, maxit = 200)
}
valid <- function(data, used) { # degrees of freedom: doctors with a valid answer less their strata
  first <- used & !duplicated(ifelse(used, data$doctor, NA))
  sum(first) - length(unique(data$stratum[first]))
}
within_groups <- function(data, w) {
  inside <- rep(TRUE, nrow(data))
  if (w$by != "") inside <- inside & data[[w$by]] %in% strsplit(w$level, "~", fixed = TRUE)[[1]] # levels that are shown as one
  if (w$by2 != "") inside <- inside & data[[w$by2]] %in% strsplit(w$level2, "~", fixed = TRUE)[[1]]
  inside
}

level <- function(i, w, design) { # a raked design keeps the rows it is subset by, with no weight: what is missing must go by na.rm
  data <- design$variables
  y <- if (w$category == "") data[[w$indicator]] else as.numeric(data[[w$indicator]] %in% as.numeric(strsplit(w$category, "~", fixed = TRUE)[[1]]))
  if (w$category != "") y[is.na(data[[w$indicator]])] <- NA
  design$variables$y <- y
  inside <- within_groups(data, w)
  df <- valid(data, inside & !is.na(y))
  part <- subset(design, inside)
  if (w$what == "quantile") {
    q <- svyquantile(~y, part, c(p25 = 0.25, median = 0.5, p75 = 0.75)[[w$statistic]], na.rm = TRUE)$y
    return(note(i, q[1, "quantile"], NA, c(q[1, "ci.2.5"], q[1, "ci.97.5"])))
  }
  m <- svymean(~y, part, na.rm = TRUE)
  estimate <- as.numeric(coef(m)); se <- as.numeric(SE(m))
  if (w$what == "mean") return(by_t(i, estimate, se, df))
  reach <- if (df > 0) qt(0.975, df) else NA
  between <- estimate > 1e-12 && estimate < 1 - 1e-12
  note(i, estimate, se, if (between) plogis(qlogis(estimate) + c(-1, 1) * reach * se / (estimate * (1 - estimate))) else c(NA, NA))
}

contrast <- function(i, w, design, now, used, df) { # the coefficient of the group is the difference of the two domains' means
  design$variables$y <- ifelse(used, design$variables[[w$indicator]], NA)
  design$variables$now <- as.numeric(now)
  fit <- svyglm(y ~ now, design = design, na.action = na.omit)
  by_t(i, as.numeric(coef(fit)[2]), as.numeric(SE(fit)[2]), df)
}
difference <- function(i, w, design) {
  data <- design$variables
  answered <- !is.na(data[[w$indicator]])
  contrast(i, w, design, data[[w$by]] %in% w$level, answered & data[[w$by]] %in% c(w$level, w$vs_level),
           valid(data, answered & !is.na(data[[w$by]]) & data[[w$by]] != ""))
}
change <- function(i, w, design) { # what is missing, or of another wave, leaves the mean but not the design
  data <- design$variables
  used <- within_groups(data, w) & !is.na(data[[w$indicator]])
  contrast(i, w, design, data$wave == max(data$wave), used, valid(data, used))
}

model <- function(own, design) { # all rows of one model
  w <- wanted[own[1], ]
  data <- design$variables
  parts <- do.call(rbind, strsplit(wanted$term[own], "="))
  factors <- unique(parts[, 1])
  for (name in factors) {
    coded <- as.character(data[[name]])
    coded[coded %in% ""] <- NA
    reference <- wanted$reference[own] == "1" & parts[, 1] == name
    design$variables[[paste0("f_", name)]] <- relevel(factor(coded), parts[reference, 2][1])
  }
  design$variables$y <- data[[w$indicator]]
  # Those with an answer missing leave the model, not the design: the standard errors know of the raking of all.
  complete <- complete.cases(design$variables[, c("y", paste0("f_", factors))])
  formula <- as.formula(paste("y ~", paste0("f_", factors, collapse = " + ")))
  binomial <- w$family == "binomial"
  fit <- if (binomial)
    svyglm(formula, design = subset(design, complete), family = quasibinomial, control = glm.control(epsilon = 1e-14, maxit = 100)) else
    svyglm(formula, design = subset(design, complete))
  df <- valid(data, complete) + 1 - length(coef(fit))
  # The coefficients' influence, for the adjusted means: score by inverse information.
  weight <- weights(design)
  x <- model.matrix(formula, model.frame(formula, design$variables, na.action = na.pass))
  x[!complete, ] <- 0
  mu <- if (binomial) plogis(x %*% coef(fit)) else x %*% coef(fit)
  spread <- if (binomial) mu * (1 - mu) else 1 + 0 * mu
  u_beta <- (x * as.vector(ifelse(complete, design$variables$y - mu, 0))) %*% solve(crossprod(x, x * as.vector(spread * weight * complete)))
  for (k in seq_along(own)) {
    i <- own[k]
    name <- paste0("f_", parts[k, 1], parts[k, 2])
    if (wanted$what[i] == "coefficient") {
      if (!name %in% names(coef(fit))) next
      by_t(i, as.numeric(coef(fit)[name]), as.numeric(SE(fit)[name]), df)
      next
    }
    moved <- x
    moved[, startsWith(colnames(x), paste0("f_", parts[k, 1])) & colnames(x) %in% paste0("f_", parts[k, 1], levels(design$variables[[paste0("f_", parts[k, 1])]]))] <- 0
    if (name %in% colnames(x)) moved[complete, name] <- 1
    at <- as.vector(if (binomial) plogis(moved %*% coef(fit)) else moved %*% coef(fit))
    total <- sum(weight[complete])
    theta <- sum((weight * at)[complete]) / total
    slope <- colSums((moved * weight * (if (binomial) at * (1 - at) else 1))[complete, , drop = FALSE]) / total
    design$variables$u <- ifelse(complete, (at - theta) / total, 0) + as.vector(u_beta %*% slope)
    by_t(i, theta, as.numeric(SE(svytotal(~u, design))), df)
  }
}

for (name in unique(wanted$data)) {
  design <- calibrated(name)
  for (i in which(wanted$data == name)) {
    w <- wanted[i, ]
    if (w$what %in% c("mean", "share", "quantile")) level(i, w, design)
    if (w$what == "difference") difference(i, w, design)
    if (w$what == "change") change(i, w, design)
  }
  models <- which(wanted$data == name & wanted$what %in% c("coefficient", "adjusted"))
  for (own in split(models, paste(wanted$model, wanted$indicator)[models])) model(own, design)
}
write.csv(do.call(rbind, rows), arguments[3], row.names = FALSE)
